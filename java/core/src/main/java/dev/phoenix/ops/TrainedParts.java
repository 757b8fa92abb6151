package dev.phoenix.ops;

import java.util.List;

/**
 * Everything that a training step updates.
 *
 * @param parameters the dense parameters
 * @param table the embedding table
 * @param rows the gradients of the table's rows
 */
public record TrainedParts(
    List<? extends Trainable> parameters, TrainableTable table, RowGradients rows) {}
