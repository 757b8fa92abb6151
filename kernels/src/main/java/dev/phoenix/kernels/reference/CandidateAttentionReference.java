package dev.phoenix.kernels.reference;

/**
 * Attention of candidate rows: a candidate attends to the whole history of its own request and to
 * itself, never to another candidate. Source: docs/model.md#4-transformer.
 */
public final class CandidateAttentionReference {
  private CandidateAttentionReference() {}

  /**
   * The candidates of a batch: request s owns candidate rows {@code offsets[s]} to {@code offsets[s
   * + 1]}.
   *
   * @param queries [rows, H*K], rotated
   * @param own each candidate's own keys and values and the candidate rows of every request
   * @param seesItself [rows]: false for a padding candidate, whose own key is masked. A row without
   *     any other key attends to itself in any case, so that its result is finite
   */
  public record Candidates(float[] queries, SegmentedKeyValues own, boolean[] seesItself) {}

  /**
   * Attends every candidate to the history of its request and to itself.
   *
   * @param out [candidate rows, H*K]
   * @param history keys and values of the history, one segment per request
   */
  public static void apply(
      float[] out, Candidates candidates, SegmentedKeyValues history, AttentionShape shape) {
    SoftmaxAccumulator softmax = new SoftmaxAccumulator(shape);
    int[] offsets = candidates.own().offsets();
    for (int request = 0; request + 1 < offsets.length; request++) {
      int from = history.offsets()[request];
      int to = history.offsets()[request + 1];
      for (int row = offsets[request]; row < offsets[request + 1]; row++) {
        for (int head = 0; head < shape.queryHeads(); head++) {
          int qAt = row * shape.queryColumns() + head * shape.headSize();
          int headAt = shape.keyHead(head) * shape.headSize();
          softmax.reset();
          for (int past = from; past < to; past++) {
            int at = past * shape.keyColumns() + headAt;
            softmax.see(candidates.queries(), qAt, history.keys(), history.values(), at);
          }
          if (candidates.seesItself()[row] || from == to) {
            int at = row * shape.keyColumns() + headAt;
            softmax.see(
                candidates.queries(), qAt, candidates.own().keys(), candidates.own().values(), at);
          }
          softmax.write(out, qAt);
        }
      }
    }
  }
}
