package dev.phoenix.kernels.reference;

/**
 * The head geometry of an attention: {@code queryHeads} H, {@code keyValueHeads} G with H a
 * multiple of G, {@code headSize} K, and the multiplier of every q·k before the logit cap.
 */
public record AttentionShape(int queryHeads, int keyValueHeads, int headSize, float multiplier) {
  /** Logits are capped to (-30, 30) by 30 tanh(x / 30). Source: docs/model.md#4-transformer. */
  public static final double LOGIT_CAP = 30.0;

  public AttentionShape {
    if (queryHeads < 1 || keyValueHeads < 1 || queryHeads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "query heads must be a positive multiple of key/value heads, found %d and %d"
              .formatted(queryHeads, keyValueHeads));
    }
    if (headSize < 2 || headSize % 2 != 0) {
      throw new IllegalArgumentException(
          "head size must be even and at least 2, found " + headSize);
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

  /** The key/value head that query head {@code n} reads: n / (H/G). */
  public int keyHead(int queryHead) {
    return queryHead / (queryHeads / keyValueHeads);
  }
}
