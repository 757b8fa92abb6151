package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * Rows of a small table, by index.
 *
 * @param table [n, D]
 * @param rows which one each row of an operation gets; as many as that has rows, or more
 */
public record IndexedRows(Tensor table, int[] rows) {}
