package dev.phoenix.ops;

/**
 * The best corpus entries of every user of a batch, in descending order of score, ties by lower
 * index.
 *
 * @param users B
 * @param k entries per user: min(K, N)
 * @param indices [B, k]
 * @param scores [B, k]
 */
public record TopK(int users, int k, int[] indices, float[] scores) {}
