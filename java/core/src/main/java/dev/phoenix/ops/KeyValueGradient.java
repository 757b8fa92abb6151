package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * The history that candidates attend to, in a backward pass. Rows are [q | k | v] or [k | v].
 *
 * @param rows the layout of the history rows
 * @param dKv the gradients of keys and values, which are added to it
 * @param kv rotated keys, and values, of the forward pass
 */
public record KeyValueGradient(RowLayout rows, Tensor dKv, Tensor kv) {}
