package dev.phoenix.ops;

/**
 * The heads of an attention. A fused row holds queries, keys and values side by side: [q | k | v].
 * Source: docs/model.md#4-transformer.
 *
 * @param queryHeads H, a multiple of G
 * @param keyValueHeads G: query head n reads key/value head n / (H/G)
 * @param headSize K, even
 * @param multiplier factor of every q·k before the logit cap
 */
public record HeadShape(int queryHeads, int keyValueHeads, int headSize, float multiplier) {
  /** Logits are capped to (-30, 30) by 30 tanh(x / 30). */
  public static final double LOGIT_CAP = 30.0;

  /** Checks the sizes. */
  public HeadShape {
    if (queryHeads < 1 || keyValueHeads < 1 || queryHeads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "query heads must be a positive multiple of key/value heads, found %d and %d"
              .formatted(queryHeads, keyValueHeads));
    }
    if (headSize < 2 || headSize % 2 != 0) {
      throw new IllegalArgumentException(
          "head size must be even and at least 2, found " + headSize);
    }
    if (!Float.isFinite(multiplier)) {
      throw new IllegalArgumentException("the multiplier must be finite, found " + multiplier);
    }
  }

  /** Columns of a query row: H * K. */
  public int queryColumns() {
    return queryHeads * headSize;
  }

  /** Columns of a key row and of a value row: G * K. */
  public int keyColumns() {
    return keyValueHeads * headSize;
  }

  /** Columns of a fused row [q | k | v]: (H + 2G) * K. */
  public int fusedColumns() {
    return queryColumns() + 2 * keyColumns();
  }

  /** The key/value head that query head {@code n} reads: n / (H/G). */
  public int keyHead(int queryHead) {
    return queryHead / (queryHeads / keyValueHeads);
  }

  /** The rotation of queries and keys of fused rows [q | k | v]. */
  public RopeShape rope() {
    return new RopeShape(fusedColumns(), queryHeads + keyValueHeads, headSize);
  }

  /** The rotation of keys of rows [k | v]. */
  public RopeShape keyRope() {
    return new RopeShape(2 * keyColumns(), keyValueHeads, headSize);
  }
}
