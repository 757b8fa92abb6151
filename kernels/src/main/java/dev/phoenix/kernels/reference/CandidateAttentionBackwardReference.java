package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link CandidateAttentionReference}. Source: docs/model.md#4-transformer and
 * #9-training.
 */
public final class CandidateAttentionBackwardReference {
  private CandidateAttentionBackwardReference() {}

  /**
   * Gradient buffers; all are added to. A key's gradient is the sum over the H/G query heads that
   * attend to it, a history key's also over the candidates of its request.
   *
   * @param q [candidate rows, H*K]
   * @param ownKeys [candidate rows, G*K]
   * @param ownValues [candidate rows, G*K]
   * @param historyKeys [history rows, G*K]
   * @param historyValues [history rows, G*K]
   */
  public record Gradients(
      float[] q, float[] ownKeys, float[] ownValues, float[] historyKeys, float[] historyValues) {}

  /**
   * Adds the gradients of queries, keys and values, all as they are after rotation.
   *
   * @param gradOut [candidate rows, H*K]
   * @param history keys and values of the history, one segment per request
   */
  public static void apply(
      Gradients gradients,
      float[] gradOut,
      CandidateAttentionReference.Candidates candidates,
      SegmentedKeyValues history,
      AttentionShape shape) {
    SoftmaxGradient softmax = new SoftmaxGradient(shape);
    SegmentedKeyValues own = candidates.own();
    SoftmaxGradient.KeyValueSums ownSums = SoftmaxGradient.KeyValueSums.of(own.keys());
    SoftmaxGradient.KeyValueSums historySums = SoftmaxGradient.KeyValueSums.of(history.keys());
    for (int request = 0; request + 1 < own.offsets().length; request++) {
      int from = history.offsets()[request];
      int to = history.offsets()[request + 1];
      for (int row = own.offsets()[request]; row < own.offsets()[request + 1]; row++) {
        boolean seesItself = candidates.seesItself()[row] || from == to;
        for (int head = 0; head < shape.queryHeads(); head++) {
          int qAt = row * shape.queryColumns() + head * shape.headSize();
          int headAt = shape.keyHead(head) * shape.headSize();
          int ownAt = row * shape.keyColumns() + headAt;
          softmax.begin(candidates.queries(), gradOut, qAt);
          for (int past = from; past < to; past++) {
            softmax.see(history, past * shape.keyColumns() + headAt);
          }
          if (seesItself) {
            softmax.see(own, ownAt);
            softmax.spread(ownSums, own, ownAt);
          }
          for (int past = from; past < to; past++) {
            softmax.spread(historySums, history, past * shape.keyColumns() + headAt);
          }
          softmax.addTo(gradients.q(), qAt);
        }
      }
    }
    ownSums.addTo(gradients.ownKeys(), gradients.ownValues());
    historySums.addTo(gradients.historyKeys(), gradients.historyValues());
  }
}
