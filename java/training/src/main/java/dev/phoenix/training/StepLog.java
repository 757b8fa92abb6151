package dev.phoenix.training;

/**
 * What one update did. It is that update's own, not an earlier one's: a device decides by itself
 * whether a step is skipped, and all that is said here is read once, in one copy, behind the step.
 *
 * @param step updates made so far, this one included
 * @param loss the batch's loss before the update
 * @param gradientNorm the L2 norm of all gradients, dense and embedding rows, before clipping
 * @param skipped whether the step changed nothing because a gradient was not finite
 * @param skippedSteps such steps so far, this one included
 * @param learningRate the rate of the dense parameters at this step
 */
public record StepLog(
    long step,
    double loss,
    double gradientNorm,
    boolean skipped,
    long skippedSteps,
    double learningRate) {}
