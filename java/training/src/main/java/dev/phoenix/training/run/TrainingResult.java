package dev.phoenix.training.run;

/**
 * How a training ended.
 *
 * @param epochs trained in all
 * @param bestEpoch after which the exported model was the best; 0 where the time was over within
 *     the first
 * @param best its chief metric
 */
public record TrainingResult(long epochs, long bestEpoch, double best) {}
