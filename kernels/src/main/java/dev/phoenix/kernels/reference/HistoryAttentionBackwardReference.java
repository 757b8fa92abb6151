package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link HistoryAttentionReference}. Source: docs/model.md#4-transformer and
 * #9-training.
 */
public final class HistoryAttentionBackwardReference {
  private HistoryAttentionBackwardReference() {}

  /**
   * Gradient buffers; all are added to: those of keys and values may already hold gradients from
   * candidates.
   *
   * @param q [rows, H*K]
   * @param keys [rows, G*K]: the sum over the H/G query heads that attend to a key
   * @param values [rows, G*K]
   */
  public record Gradients(float[] q, float[] keys, float[] values) {}

  /**
   * Adds the gradients of queries, keys and values, all as they are after rotation.
   *
   * @param gradOut [rows, H*K]
   * @param q [rows, H*K], rotated
   * @param keyValues rotated keys and values [rows, G*K] and the segments they lie in
   */
  public static void apply(
      Gradients gradients,
      float[] gradOut,
      float[] q,
      SegmentedKeyValues keyValues,
      AttentionShape shape) {
    SoftmaxGradient softmax = new SoftmaxGradient(shape);
    SoftmaxGradient.KeyValueSums sums = SoftmaxGradient.KeyValueSums.of(keyValues.keys());
    int[] offsets = keyValues.offsets();
    for (int segment = 0; segment + 1 < offsets.length; segment++) {
      for (int row = offsets[segment]; row < offsets[segment + 1]; row++) {
        for (int head = 0; head < shape.queryHeads(); head++) {
          int qAt = row * shape.queryColumns() + head * shape.headSize();
          int headAt = shape.keyHead(head) * shape.headSize();
          softmax.begin(q, gradOut, qAt);
          for (int past = offsets[segment]; past <= row; past++) {
            softmax.see(keyValues, past * shape.keyColumns() + headAt);
          }
          for (int past = offsets[segment]; past <= row; past++) {
            softmax.spread(sums, keyValues, past * shape.keyColumns() + headAt);
          }
          softmax.addTo(gradients.q(), qAt);
        }
      }
    }
    sums.addTo(gradients.keys(), gradients.values());
  }
}
