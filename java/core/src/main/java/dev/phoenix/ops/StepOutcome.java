package dev.phoenix.ops;

/**
 * What became of a step.
 *
 * @param loss of the batch
 * @param gradientNorm the L2 norm of all gradients before clipping; where {@code finite} is false,
 *     a device may give a NaN for one that is finite beside a loss that is not
 * @param finite whether loss and gradients were; else nothing has moved
 */
public record StepOutcome(double loss, double gradientNorm, boolean finite) {}
