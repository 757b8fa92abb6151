package dev.phoenix.ops;

import java.util.List;

/**
 * All that a step moves.
 *
 * @param parameters the dense ones
 * @param table the embedding table
 * @param rows the gradients of its rows
 */
public record TrainedParts(
    List<? extends Trainable> parameters, TrainableTable table, RowGradients rows) {}
