package dev.phoenix.fit;

/**
 * How a training ended.
 *
 * @param epochs trained in all
 * @param bestEpoch after which the exported model was the best; 0 if none was measured
 * @param best its chief metric
 */
public record Outcome(long epochs, long bestEpoch, double best) {}
