package dev.phoenix.kernels.reference;

/**
 * Attention of history rows: row i of a segment attends to rows 0..i of the same segment. Batches
 * are ragged, so there is no padding and no mask. Source: docs/model.md#4-transformer.
 */
public final class HistoryAttentionReference {
  private HistoryAttentionReference() {}

  /**
   * Computes the attention of every row to the earlier rows of its segment and itself.
   *
   * @param out [rows, H*K]
   * @param q [rows, H*K], rotated
   * @param keyValues rotated keys and values [rows, G*K] and the segments they lie in
   */
  public static void apply(
      float[] out, float[] q, SegmentedKeyValues keyValues, AttentionShape shape) {
    SoftmaxAccumulator softmax = new SoftmaxAccumulator(shape);
    int[] offsets = keyValues.offsets();
    for (int segment = 0; segment + 1 < offsets.length; segment++) {
      for (int row = offsets[segment]; row < offsets[segment + 1]; row++) {
        for (int head = 0; head < shape.queryHeads(); head++) {
          int qAt = row * shape.queryColumns() + head * shape.headSize();
          softmax.reset();
          for (int past = offsets[segment]; past <= row; past++) {
            int at = past * shape.keyColumns() + shape.keyHead(head) * shape.headSize();
            softmax.see(q, qAt, keyValues.keys(), keyValues.values(), at);
          }
          softmax.write(out, qAt);
        }
      }
    }
  }
}
