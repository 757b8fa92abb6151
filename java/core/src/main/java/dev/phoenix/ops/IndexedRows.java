package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * Rows of a small table, selected by index.
 *
 * @param table [n, D]
 * @param rows the table row for each row of the operation; may be longer than that has rows
 */
public record IndexedRows(Tensor table, int[] rows) {}
