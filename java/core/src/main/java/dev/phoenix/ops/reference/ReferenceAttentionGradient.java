package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.CandidateAttentionBackwardReference;
import dev.phoenix.kernels.reference.CandidateAttentionReference;
import dev.phoenix.kernels.reference.HistoryAttentionBackwardReference;
import dev.phoenix.kernels.reference.SegmentedKeyValues;
import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;

/**
 * Splits fused rows for the reference definitions of attention's backward pass and joins the
 * results.
 */
final class ReferenceAttentionGradient {
  private ReferenceAttentionGradient() {}

  static void history(AttentionGradient gradient, RowLayout rows, HeadShape shape) {
    Operands.requireAttention(gradient.attended(), gradient.qkv(), rows, shape);
    Parts parts = Parts.of(gradient.qkv(), shape);
    Parts sums = Parts.of(gradient.dQkv(), shape);
    HistoryAttentionBackwardReference.apply(
        new HistoryAttentionBackwardReference.Gradients(sums.queries, sums.keys, sums.values),
        values(gradient.dAttended()),
        parts.queries,
        new SegmentedKeyValues(parts.keys, parts.values, ReferenceKeyValues.offsets(rows)),
        Definitions.shape(shape));
    sums.write(gradient.dQkv());
  }

  static void candidates(
      AttentionGradient gradient, RowLayout rows, KeyValueGradient history, HeadShape shape) {
    Operands.requireAttention(gradient.attended(), gradient.qkv(), rows, shape);
    Parts parts = Parts.of(gradient.qkv(), shape);
    Parts sums = Parts.of(gradient.dQkv(), shape);
    Parts kept = Parts.of(history.kv(), shape);
    Parts keptSums = Parts.of(history.dKv(), shape);
    boolean[] seesItself = new boolean[rows.rows()];
    for (int row = 0; row < seesItself.length; row++) {
      seesItself[row] = rows.seesItself(row);
    }
    CandidateAttentionBackwardReference.apply(
        new CandidateAttentionBackwardReference.Gradients(
            sums.queries, sums.keys, sums.values, keptSums.keys, keptSums.values),
        values(gradient.dAttended()),
        new CandidateAttentionReference.Candidates(
            parts.queries,
            new SegmentedKeyValues(parts.keys, parts.values, ReferenceKeyValues.offsets(rows)),
            seesItself),
        new SegmentedKeyValues(kept.keys, kept.values, ReferenceKeyValues.offsets(history.rows())),
        Definitions.shape(shape));
    sums.write(gradient.dQkv());
    keptSums.write(history.dKv());
  }

  private static float[] values(Tensor tensor) {
    return ReferenceTensor.of(tensor).values();
  }

  /** The column blocks of rows [q | k | v] or [k | v]. */
  private record Parts(float[] queries, float[] keys, float[] values) {
    static Parts of(Tensor tensor, HeadShape shape) {
      ReferenceTensor rows = ReferenceTensor.of(tensor);
      int width = shape.keyColumns();
      int before = rows.columns() - 2 * width;
      return new Parts(
          ReferenceKeyValues.columns(rows, 0, before),
          ReferenceKeyValues.columns(rows, before, width),
          ReferenceKeyValues.columns(rows, before + width, width));
    }

    void write(Tensor tensor) {
      float[] all = new float[tensor.shape().elements()];
      for (int row = 0, at = 0; row < tensor.rows(); row++) {
        at = copy(queries, row, tensor.rows(), all, at);
        at = copy(keys, row, tensor.rows(), all, at);
        at = copy(values, row, tensor.rows(), all, at);
      }
      tensor.set(all);
    }

    private static int copy(float[] from, int row, int rows, float[] to, int at) {
      int width = from.length / rows;
      System.arraycopy(from, row * width, to, at, width);
      return at + width;
    }
  }
}
