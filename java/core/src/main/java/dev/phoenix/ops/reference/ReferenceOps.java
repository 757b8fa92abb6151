package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.AddRmsNormReference;
import dev.phoenix.kernels.reference.GegluReference;
import dev.phoenix.kernels.reference.L2NormalizeReference;
import dev.phoenix.kernels.reference.MeanPoolReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.RowNumbers;
import dev.phoenix.ops.RowSource;
import dev.phoenix.ops.RowTable;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * {@link Ops} by the scalar definitions of {@code dev.phoenix.kernels.reference}: float32, slow and
 * single-threaded. Tests compare the other backends with it.
 */
public sealed class ReferenceOps implements Ops permits ReferenceGradientOps {
  ReferenceOps() {}

  /** Creates the reference operations, which hold no resources. */
  public static ReferenceOps create() {
    return new ReferenceOps();
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  public Ops lane() {
    return create();
  }

  @Override
  public Tensor tensor(Scope scope, String name, Shape capacity) {
    return scope.own(new ReferenceTensor(name, capacity));
  }

  @Override
  public Weight matrix(Scope scope, Shape shape, float[] values) {
    return ReferenceWeight.create(scope, shape, values.clone());
  }

  @Override
  public Weight floatMatrix(Scope scope, Shape shape, float[] values) {
    return matrix(scope, shape, values);
  }

  @Override
  public Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up) {
    return ReferenceWeight.create(scope, shape, gate.clone(), up.clone());
  }

  @Override
  public Weight scale(Scope scope, float[] values) {
    return ReferenceWeight.create(scope, new Shape(1, values.length), values.clone());
  }

  @Override
  public KeyValues keyValues(Scope scope, int layers, HeadShape shape) {
    return scope.own(new ReferenceKeyValues(layers, shape));
  }

  @Override
  public int preferredRows() {
    return 1;
  }

  @Override
  public void gather(Tensor out, RowSource source) {
    float[] rows = new float[out.rows() * out.columns()];
    for (int row = 0; row < out.rows(); row++) {
      source.copyRow(row, rows, row * out.columns());
    }
    out.set(rows);
  }

  @Override
  public RowTable rowTable(Scope scope, HostRows rows) {
    return new ReferenceRowTable(rows);
  }

  @Override
  public void gather(Tensor out, RowTable table, RowNumbers numbers) {
    out.set(ReferenceFeatures.gather(out, ReferenceRowTable.rowsOf(table), numbers));
  }

  @Override
  public void matmul(Tensor out, Tensor x, Weight w) {
    float[] product = ReferenceProduct.of(out, x, w.shape(), ReferenceWeight.of(w).values());
    out.useRows(x.rows());
    out.set(product);
  }

  @Override
  public void addRows(Tensor out, Tensor table, int[] rows) {
    ReferenceRows.addRows(out, table, rows);
  }

  @Override
  public void takeRows(Tensor out, Tensor x, int[] rows) {
    ReferenceRows.take(out, x, rows);
  }

  @Override
  public void placeRows(Tensor out, Tensor x, int[] rows) {
    ReferenceRows.place(out, x, rows);
  }

  @Override
  public void addHistoryFeatures(
      Tensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features) {
    ReferenceFeatures.addHistory(ReferenceTensor.of(tokens), tables, features);
  }

  @Override
  public void addCandidateFeatures(Tensor tokens, IndexedRows surfaces, IndexedRows ages) {
    ReferenceFeatures.addCandidate(ReferenceTensor.of(tokens), surfaces, ages);
  }

  @Override
  public void silu(Tensor out, Tensor x) {
    float[] values = values(x);
    ActivationReference.silu(values, values);
    write(out, x, values);
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight scale) {
    Operands.requireScale(x, scale);
    float[] normed = new float[x.rows() * x.columns()];
    RmsNormReference.apply(normed, values(x), ReferenceWeight.of(scale).values());
    write(out, x, normed);
  }

  @Override
  public void addRmsNorm(Tensor out, NormPair<?> pair, Tensor residual) {
    Operands.requireScale(residual, pair.nextScale());
    float[] normed = sum(pair.sum(), residual, pair.branch(), pair.branchScale(), pair.nextScale());
    write(out, residual, normed);
  }

  @Override
  public void addNorm(Tensor sum, Tensor residual, Tensor branch, Weight branchScale) {
    sum(sum, residual, branch, branchScale, branchScale);
  }

  /** Computes sum = residual + rms(branch) * branchScale; returns rms(sum) * nextScale. */
  private static float[] sum(
      Tensor sum, Tensor residual, Tensor branch, Weight branchScale, Weight nextScale) {
    branch.shape().require(residual.name(), residual.shape());
    Operands.requireScale(residual, branchScale);
    float[] values = values(residual);
    float[] normed = new float[values.length];
    AddRmsNormReference.apply(
        normed,
        values,
        values(branch),
        ReferenceWeight.of(branchScale).values(),
        ReferenceWeight.of(nextScale).values());
    write(sum, residual, values);
    return normed;
  }

  @Override
  public void rope(Tensor x, RowLayout rows, RopeShape shape) {
    if (rows.rows() != x.rows() || shape.columns() != x.columns()) {
      throw new IllegalArgumentException(
          "%s cannot be rotated as %s at %d positions".formatted(x, shape, rows.rows()));
    }
    int[] positions = new int[rows.rows()];
    Arrays.setAll(positions, rows::position);
    float[] values = values(x);
    RopeReference.apply(values, positions, Definitions.shape(shape));
    x.set(values);
  }

  @Override
  public void keep(KeyValues keyValues, int layer, Tensor qkv) {
    ReferenceKeyValues.of(keyValues).keep(layer, ReferenceTensor.of(qkv));
  }

  @Override
  public void copyHistories(KeyValues to, List<KeptHistory> from) {
    ReferenceKeyValues.of(to).copy(from);
  }

  @Override
  public void attendHistory(Tensor out, Tensor qkv, KeyValues keyValues, int layer) {
    ReferenceKeyValues.of(keyValues).attendHistory(out, ReferenceTensor.of(qkv), layer);
  }

  @Override
  public void attendCandidates(
      Tensor out, Tensor qkv, RowLayout candidates, KeyValues keyValues, int layer) {
    ReferenceKeyValues.of(keyValues)
        .attendCandidates(out, ReferenceTensor.of(qkv), candidates, layer);
  }

  @Override
  public void gatedMatmul(Tensor out, Tensor x, Weight gated) {
    ReferenceWeight pair = ReferenceWeight.of(gated);
    float[] gate = ReferenceProduct.of(out, x, pair.shape(), pair.values());
    float[] up = ReferenceProduct.of(out, x, pair.shape(), pair.up());
    GegluReference.apply(gate, gate, up);
    out.useRows(x.rows());
    out.set(gate);
  }

  @Override
  public void meanPool(Tensor out, Tensor x, RowLayout rows) {
    Operands.requireColumns(out, x);
    float[] means = new float[rows.requests() * x.columns()];
    MeanPoolReference.apply(means, values(x), ReferenceKeyValues.offsets(rows), x.columns());
    out.useRows(rows.requests());
    out.set(means);
  }

  @Override
  public void l2Normalize(Tensor out, Tensor lengths, Tensor x) {
    float[] unit = new float[x.rows() * x.columns()];
    float[] norms = new float[x.rows()];
    L2NormalizeReference.apply(unit, norms, values(x));
    write(out, x, unit);
    lengths.useRows(x.rows());
    lengths.set(norms);
  }

  @Override
  public void actionHeads(
      Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head) {
    ReferenceFeatures.score(probabilities, logits, ReferenceTensor.of(hidden), scale, head);
  }

  @Override
  public CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held) {
    return new ReferenceCorpus(shape, rows);
  }

  @Override
  public TopK topK(CorpusIndex index, TopKQuery query) {
    return ReferenceCorpus.of(index).topK(query);
  }

  @Override
  public void close() {}

  static float[] values(Tensor tensor) {
    return ReferenceTensor.of(tensor).values();
  }

  /** Writes a result of the shape of {@code like} to {@code out}. */
  static void write(Tensor out, Tensor like, float[] values) {
    Operands.requireColumns(out, like);
    out.useRows(like.rows());
    out.set(values);
  }
}
