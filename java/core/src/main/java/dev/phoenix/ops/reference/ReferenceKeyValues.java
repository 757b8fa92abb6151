package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.CandidateAttentionReference;
import dev.phoenix.kernels.reference.HistoryAttentionReference;
import dev.phoenix.kernels.reference.SegmentedKeyValues;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Keys and values of every layer as dense arrays [rows, G*K]. */
final class ReferenceKeyValues extends KeyValues implements Scope.Resource {
  private final HeadShape shape;
  private final float[][] keys;
  private final float[][] values;

  ReferenceKeyValues(int layers, HeadShape shape) {
    this.shape = shape;
    this.keys = new float[layers][0];
    this.values = new float[layers][0];
  }

  static ReferenceKeyValues of(KeyValues keyValues) {
    if (keyValues instanceof ReferenceKeyValues reference) {
      return reference;
    }
    throw new IllegalArgumentException(
        "these keys and values are not those of the reference backend");
  }

  /** Stores the last 2 G*K columns of every row [q | k | v] or [k | v]. */
  void keep(int layer, ReferenceTensor fused) {
    int width = shape.keyColumns();
    boolean whole = fused.columns() == shape.queryColumns() + 2 * width;
    if (fused.rows() != history().rows() || !(whole || fused.columns() == 2 * width)) {
      throw new IllegalArgumentException(
          "%s does not hold keys and values of %d history rows".formatted(fused, history().rows()));
    }
    int from = fused.columns() - 2 * width;
    keys[layer] = columns(fused, from, width);
    values[layer] = columns(fused, from + width, width);
  }

  /** Copies the rows of {@code from}. */
  void copy(List<KeptHistory> from) {
    for (KeptHistory kept : from) {
      ReferenceKeyValues source = of(kept.keyValues());
      if (source.keys.length != keys.length || !source.shape.equals(shape)) {
        throw new IllegalArgumentException("these keys and values are of another model");
      }
    }
    layAs(from);
    for (int layer = 0; layer < keys.length; layer++) {
      keys[layer] = new float[history().rows() * shape.keyColumns()];
      values[layer] = new float[history().rows() * shape.keyColumns()];
      for (int request = 0; request < from.size(); request++) {
        ReferenceKeyValues source = of(from.get(request).keyValues());
        int width = shape.keyColumns();
        int at = source.history().begin(from.get(request).request()) * width;
        int to = history().begin(request) * width;
        int count = history().length(request) * width;
        System.arraycopy(source.keys[layer], at, keys[layer], to, count);
        System.arraycopy(source.values[layer], at, values[layer], to, count);
      }
    }
  }

  /** Every history row attends to itself and the earlier rows of its request. */
  void attendHistory(Tensor out, ReferenceTensor qkv, int layer) {
    Operands.requireAttention(out, qkv, history(), shape);
    float[] attended = new float[qkv.rows() * shape.queryColumns()];
    float[] queries = columns(qkv, 0, shape.queryColumns());
    HistoryAttentionReference.apply(attended, queries, kept(layer), Definitions.shape(shape));
    out.useRows(qkv.rows());
    out.set(attended);
  }

  /** Every candidate row attends to the history of its request and to itself. */
  void attendCandidates(Tensor out, ReferenceTensor qkv, RowLayout rows, int layer) {
    Operands.requireAttention(out, qkv, rows, shape);
    Operands.requireRequests(rows, history());
    float[] attended = new float[qkv.rows() * shape.queryColumns()];
    CandidateAttentionReference.apply(
        attended, candidates(qkv, rows), kept(layer), Definitions.shape(shape));
    out.useRows(qkv.rows());
    out.set(attended);
  }

  /** The keys and values of {@code layer}. */
  private SegmentedKeyValues kept(int layer) {
    return new SegmentedKeyValues(keys[layer], values[layer], offsets(history()));
  }

  /** Splits the fused rows [q | k | v] of candidates for the reference definition. */
  private CandidateAttentionReference.Candidates candidates(ReferenceTensor qkv, RowLayout rows) {
    int width = shape.keyColumns();
    int from = shape.queryColumns();
    boolean[] seesItself = new boolean[rows.rows()];
    for (int row = 0; row < seesItself.length; row++) {
      seesItself[row] = rows.seesItself(row);
    }
    SegmentedKeyValues own =
        new SegmentedKeyValues(
            columns(qkv, from, width), columns(qkv, from + width, width), offsets(rows));
    return new CandidateAttentionReference.Candidates(columns(qkv, 0, from), own, seesItself);
  }

  /** Copies columns {@code from} to {@code from + count} of every row. */
  static float[] columns(ReferenceTensor tensor, int from, int count) {
    float[] all = tensor.values();
    float[] some = new float[tensor.rows() * count];
    for (int row = 0; row < tensor.rows(); row++) {
      System.arraycopy(all, row * tensor.columns() + from, some, row * count, count);
    }
    return some;
  }

  /** The first row of every request and the row count at the end: [requests + 1]. */
  static int[] offsets(RowLayout rows) {
    int[] offsets = new int[rows.requests() + 1];
    Arrays.setAll(offsets, request -> request == 0 ? 0 : rows.end(request - 1));
    return offsets;
  }

  @Override
  public long bytes() {
    long floats = 0;
    for (int layer = 0; layer < keys.length; layer++) {
      floats += keys[layer].length + values[layer].length;
    }
    return floats * Float.BYTES;
  }

  @Override
  public void release() {
    Arrays.fill(keys, new float[0]);
    Arrays.fill(values, new float[0]);
  }
}
