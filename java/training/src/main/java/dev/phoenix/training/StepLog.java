package dev.phoenix.training;

/**
 * The outcome of one update. A GPU decides on the device whether a step is skipped; all values here
 * are read in one copy after that step and belong to it.
 *
 * @param step number of updates so far, this one included
 * @param loss loss of the batch before the update
 * @param gradientNorm the L2 norm of all gradients, dense and embedding rows, before clipping
 * @param skipped whether the step changed nothing because a gradient was not finite
 * @param skippedSteps number of skipped steps so far, this one included
 * @param learningRate the rate of the dense parameters at this step
 */
public record StepLog(
    long step,
    double loss,
    double gradientNorm,
    boolean skipped,
    long skippedSteps,
    double learningRate) {}
