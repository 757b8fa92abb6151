package dev.phoenix.kernels.reference;

/**
 * Keys and values of one layer for a ragged batch: segment s owns rows {@code offsets[s]}
 * (inclusive) to {@code offsets[s + 1]} (exclusive).
 *
 * @param keys [rows, G*K]
 * @param values [rows, G*K]
 * @param offsets [segments + 1], ascending, starting at 0
 */
public record SegmentedKeyValues(float[] keys, float[] values, int[] offsets) {}
