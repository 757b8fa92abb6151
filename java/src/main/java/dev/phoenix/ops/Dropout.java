package dev.phoenix.ops;

/**
 * Which elements are dropped. Element (row, column) is dropped where a hash of it and {@code seed}
 * falls below {@code rate}; the others are divided by 1 - rate.
 *
 * @param seed another for every step and place
 * @param firstRow the row of the batch that row 0 of the tensor is
 */
public record Dropout(long seed, double rate, int firstRow) {}
