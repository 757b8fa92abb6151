package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * The history that candidates attend to, in a backward pass: rows are [q | k | v] or [k | v].
 *
 * @param rows whose rows they are
 * @param dKv receives the gradients of keys and values: added to what is there
 * @param kv rotated keys, and values, of the forward pass
 */
public record KeyValueGradient(RowLayout rows, Tensor dKv, Tensor kv) {}
