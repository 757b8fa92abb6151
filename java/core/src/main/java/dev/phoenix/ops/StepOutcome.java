package dev.phoenix.ops;

/**
 * The outcome of a training step.
 *
 * @param loss loss of the batch
 * @param gradientNorm L2 norm of all gradients before clipping; may be NaN if {@code finite} is
 *     false
 * @param finite whether loss and gradients were finite; if not, nothing was updated
 */
public record StepOutcome(double loss, double gradientNorm, boolean finite) {}
