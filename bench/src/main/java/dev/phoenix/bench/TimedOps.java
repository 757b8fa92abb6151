package dev.phoenix.bench;

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
import java.util.List;
import java.util.function.Supplier;

/** Operations that record the time of every call and delegate it. */
final class TimedOps implements Ops {
  private final Ops ops;
  private final OperationProfile profile;

  TimedOps(Ops ops, OperationProfile profile) {
    this.ops = ops;
    this.profile = profile;
  }

  private void time(String operation, double flops, Runnable run) {
    long begin = System.nanoTime();
    run.run();
    profile.add(operation, System.nanoTime() - begin, flops);
  }

  private static double flops(Tensor x, Weight w, int matrices) {
    return 2.0 * x.rows() * w.shape().elements() * matrices;
  }

  private void product(String kind, Tensor x, Weight w, int matrices, Runnable run) {
    Shape shape = w.shape();
    String name =
        "%s [%d, %d] x [%d, %d]"
            .formatted(kind, x.rows(), x.columns(), shape.rows(), matrices * shape.columns());
    time(name, flops(x, w, matrices), run);
  }

  @Override
  public String name() {
    return ops.name();
  }

  @Override
  public Precision precision() {
    return ops.precision();
  }

  @Override
  public boolean preparesSizes() {
    return ops.preparesSizes();
  }

  @Override
  public Ops lane() {
    return new TimedOps(ops.lane(), profile);
  }

  @Override
  public Tensor tensor(Scope scope, String name, Shape capacity) {
    return ops.tensor(scope, name, capacity);
  }

  @Override
  public Tensor activation(Scope scope, String name, Shape capacity) {
    return ops.activation(scope, name, capacity);
  }

  @Override
  public int capacityFor(int rows) {
    return ops.capacityFor(rows);
  }

  @Override
  public Weight matrix(Scope scope, Shape shape, float[] values) {
    return ops.matrix(scope, shape, values);
  }

  @Override
  public Weight floatMatrix(Scope scope, Shape shape, float[] values) {
    return ops.floatMatrix(scope, shape, values);
  }

  @Override
  public Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up) {
    return ops.gatedMatrix(scope, shape, gate, up);
  }

  @Override
  public Weight scale(Scope scope, float[] values) {
    return ops.scale(scope, values);
  }

  @Override
  public RowTable rowTable(Scope scope, HostRows rows) {
    return ops.rowTable(scope, rows);
  }

  @Override
  public KeyValues keyValues(Scope scope, int layers, HeadShape shape) {
    return ops.keyValues(scope, layers, shape);
  }

  @Override
  public int preferredRows() {
    return ops.preferredRows();
  }

  @Override
  public void gather(Tensor out, RowSource source) {
    time("gather", 0, () -> ops.gather(out, source));
  }

  @Override
  public void matmul(Tensor out, Tensor x, Weight w) {
    product("matmul", x, w, 1, () -> ops.matmul(out, x, w));
  }

  @Override
  public void gather(Tensor out, RowTable table, RowNumbers numbers) {
    time("gather", 0, () -> ops.gather(out, table, numbers));
  }

  @Override
  public void gatedMatmul(Tensor out, Tensor x, Weight gated) {
    product("gatedMatmul", x, gated, 2, () -> ops.gatedMatmul(out, x, gated));
  }

  @Override
  public void addRows(Tensor out, Tensor table, int[] rows) {
    time("addRows", 0, () -> ops.addRows(out, table, rows));
  }

  @Override
  public void takeRows(Tensor out, Tensor x, int[] rows) {
    time("takeRows", 0, () -> ops.takeRows(out, x, rows));
  }

  @Override
  public void placeRows(Tensor out, Tensor x, int[] rows) {
    time("placeRows", 0, () -> ops.placeRows(out, x, rows));
  }

  @Override
  public void addHistoryFeatures(
      Tensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features) {
    time(
        "addHistoryFeatures",
        flops(tokens, tables.actions(), 1),
        () -> ops.addHistoryFeatures(tokens, tables, features));
  }

  @Override
  public void addCandidateFeatures(Tensor tokens, IndexedRows surfaces, IndexedRows ages) {
    time("addCandidateFeatures", 0, () -> ops.addCandidateFeatures(tokens, surfaces, ages));
  }

  @Override
  public void silu(Tensor out, Tensor x) {
    time("silu", 0, () -> ops.silu(out, x));
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight scale) {
    time("rmsNorm", 0, () -> ops.rmsNorm(out, x, scale));
  }

  @Override
  public void addRmsNorm(Tensor out, NormPair<?> pair, Tensor residual) {
    time("addRmsNorm", 0, () -> ops.addRmsNorm(out, pair, residual));
  }

  @Override
  public void addNorm(Tensor sum, Tensor residual, Tensor branch, Weight branchScale) {
    time("addNorm", 0, () -> ops.addNorm(sum, residual, branch, branchScale));
  }

  @Override
  public void rope(Tensor x, RowLayout rows, RopeShape shape) {
    time("rope", 0, () -> ops.rope(x, rows, shape));
  }

  @Override
  public void keep(KeyValues keyValues, int layer, Tensor qkv) {
    time("keep", 0, () -> ops.keep(keyValues, layer, qkv));
  }

  @Override
  public void copyHistories(KeyValues to, List<KeptHistory> from) {
    time("copy histories", 0, () -> ops.copyHistories(to, from));
  }

  @Override
  public void attendHistory(Tensor out, Tensor qkv, KeyValues keyValues, int layer) {
    double pairs = 0;
    RowLayout history = keyValues.history();
    for (int request = 0; request < history.requests(); request++) {
      pairs += 0.5 * history.length(request) * (history.length(request) + 1);
    }
    time(
        "attendHistory",
        4 * pairs * out.columns(),
        () -> ops.attendHistory(out, qkv, keyValues, layer));
  }

  @Override
  public void attendCandidates(
      Tensor out, Tensor qkv, RowLayout candidates, KeyValues keyValues, int layer) {
    double pairs = 0;
    RowLayout history = keyValues.history();
    for (int request = 0; request < history.requests(); request++) {
      pairs += (history.length(request) + 1.0) * candidates.length(request);
    }
    time(
        "attendCandidates",
        4 * pairs * out.columns(),
        () -> ops.attendCandidates(out, qkv, candidates, keyValues, layer));
  }

  @Override
  public void meanPool(Tensor out, Tensor x, RowLayout rows) {
    time("meanPool", 0, () -> ops.meanPool(out, x, rows));
  }

  @Override
  public void l2Normalize(Tensor out, Tensor lengths, Tensor x) {
    time("l2Normalize", 0, () -> ops.l2Normalize(out, lengths, x));
  }

  @Override
  public void actionHeads(
      Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head) {
    time(
        "actionHeads",
        flops(hidden, head, 1),
        () -> ops.actionHeads(probabilities, logits, hidden, scale, head));
  }

  @Override
  public CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held) {
    return ops.corpusIndex(scope, rows, shape, held);
  }

  @Override
  public void rereadRows(CorpusIndex index, int from, int count) {
    ops.rereadRows(index, from, count);
  }

  @Override
  public TopK topK(CorpusIndex index, TopKQuery query) {
    Supplier<TopK> run = () -> ops.topK(index, query);
    TopK[] found = new TopK[1];
    time("topK", 0, () -> found[0] = run.get());
    return found[0];
  }

  @Override
  public void close() {
    ops.close();
  }
}
