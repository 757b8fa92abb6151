package dev.phoenix.ops;

/**
 * The settings of both optimisers for one training step.
 *
 * @param dense the update of the parameters
 * @param rows the update of embedding rows
 * @param clipNorm the largest joint norm of all gradients; infinite for no clipping
 */
public record OptimizerStep(AdamStep dense, AdagradStep rows, double clipNorm) {}
