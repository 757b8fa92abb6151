package dev.phoenix.kernels;

import dev.phoenix.device.KernelArguments;

/**
 * The head geometry of an attention.
 *
 * @param queryHeads H, a multiple of G
 * @param keyHeads G: query head n reads key head n / (H/G)
 * @param headSize K, even, 2 to 256; padded to 32, 64, 128 or 256 inside the kernel
 * @param multiplier factor of every q·k before the logit cap
 */
public record AttentionHeads(int queryHeads, int keyHeads, int headSize, float multiplier) {
  /** The largest head size. */
  public static final int MAX_HEAD_SIZE = 256;

  /**
   * The largest head size with backward kernels, limited by registers: they keep two accumulators
   * per column.
   */
  public static final int MAX_TRAINED_HEAD_SIZE = 128;

  private static final int SMALLEST_TILE = 32;
  private static final int LARGEST_KEPT_IN_REGISTERS = 128;

  /** Checks the geometry. */
  public AttentionHeads {
    if (queryHeads < 1 || keyHeads < 1 || queryHeads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "expected query heads that are a multiple of key heads, found %d and %d"
              .formatted(queryHeads, keyHeads));
    }
    if (headSize < 2 || headSize > MAX_HEAD_SIZE || headSize % 2 != 0) {
      throw new IllegalArgumentException(
          "head size: expected an even number from 2 to %d, found %d"
              .formatted(MAX_HEAD_SIZE, headSize));
    }
  }

  /** Columns of a fused row: (H + 2G) * K. */
  public int fusedColumns() {
    return (queryHeads + 2 * keyHeads) * headSize;
  }

  /** Columns of an output row: H * K. */
  public int queryColumns() {
    return queryHeads * headSize;
  }

  /** Query heads per key head: H/G. */
  public int group() {
    return queryHeads / keyHeads;
  }

  /** Elements of the key/value cache of {@code rows} history rows: [2, G, rows, K]. */
  public long keptElements(int rows) {
    return 2L * keyHeads * rows * headSize;
  }

  /** The padded head size of the tiles: 32, 64, 128 or 256. */
  int tile() {
    return Math.max(SMALLEST_TILE, Integer.highestOneBit(2 * headSize - 1));
  }

  /**
   * Bytes of shared memory: two stages of keys and values. At head size 256 a stage has a quarter
   * of the keys, and the queries are added.
   */
  int sharedBytes() {
    int rows = 64;
    boolean kept = tile() <= LARGEST_KEPT_IN_REGISTERS;
    int stages = 2 * 2 * (kept ? rows : rows / 4) * tile() * Short.BYTES;
    return kept ? stages : stages + rows * tile() * Short.BYTES;
  }

  /**
   * Bytes of shared memory of the backward kernels: queries and output gradients, or keys and
   * values, and two stages of the other pair.
   */
  int backwardSharedBytes() {
    return 6 * 64 * tile() * Short.BYTES;
  }

  /** Throws if the head size has no backward kernels. */
  void requireTrained() {
    if (headSize > MAX_TRAINED_HEAD_SIZE) {
      throw new IllegalArgumentException(
          "gradients of attention: expected heads of at most %d, found %d"
              .formatted(MAX_TRAINED_HEAD_SIZE, headSize));
    }
  }

  /** Appends H, G, K and the multiplier, as the attention kernels take them. */
  KernelArguments.Builder arguments(KernelArguments.Builder builder) {
    return builder.i32(queryHeads).i32(keyHeads).i32(headSize).f32(multiplier);
  }
}
