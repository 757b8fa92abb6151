package dev.phoenix.ops;

/**
 * What both optimisers are to do in a step.
 *
 * @param dense for the parameters
 * @param rows for embedding rows
 * @param clipNorm the largest norm of all gradients together; infinite for no clipping
 */
public record OptimizerStep(AdamStep dense, AdagradStep rows, double clipNorm) {}
