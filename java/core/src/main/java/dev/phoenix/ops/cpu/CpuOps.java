package dev.phoenix.ops.cpu;

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

/** {@link Ops} on the CPU. */
public sealed class CpuOps implements Ops permits CpuGradientOps {
  /**
   * The activations of this many rows of a model of mini size fit in a second-level cache of 2 MiB.
   */
  private static final int PREFERRED_ROWS = 256;

  private final Precision precision;
  private final Team team;
  private final GatherWork gather;
  private final MatmulWork matmul;
  private final NormWork norm;
  private final RopeWork rope;
  private final NormWork floatNorm;
  private final ScratchTensors scratch = new ScratchTensors();
  private final FeatureWork features;
  private final ElementWork element;
  private final PlaceWork place;
  private final PoolWork pool;
  private final TopKWork topK;

  CpuOps(Precision precision, int threads) {
    this.precision = precision;
    this.team = Team.create(threads);
    this.gather = new GatherWork(team);
    this.matmul = new MatmulWork(team);
    this.norm = new NormWork(team, precision);
    this.floatNorm = new NormWork(team, Precision.FLOAT32);
    this.features = new FeatureWork(scratch, team);
    this.rope = new RopeWork(team, precision);
    this.element = new ElementWork(team);
    this.place = new PlaceWork(team);
    this.pool = new PoolWork(team);
    this.topK = new TopKWork(team);
  }

  /** Creates operations in {@code precision} with {@code threads} threads, the caller included. */
  public static CpuOps create(Precision precision, int threads) {
    return new CpuOps(precision, threads);
  }

  /** The threads, for work that shares them with these operations. */
  Team team() {
    return team;
  }

  /** The rotary position embedding with its tables. */
  RopeWork rotation() {
    return rope;
  }

  /** out = f(x); sets the rows in use of {@code out}. */
  void element(Tensor out, Tensor x, ElementWork.Function function) {
    element.run(CpuTensor.of(out), CpuTensor.of(x), function);
  }

  /** Stores or adds x · w, or gates its halves. */
  void multiply(Tensor out, Tensor x, Weight w, MatmulWork.Epilogue epilogue) {
    matmul.run(CpuTensor.of(out), CpuTensor.of(x), PackedMatrix.of(w), epilogue);
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public Ops lane() {
    return create(precision, team.size());
  }

  @Override
  public Tensor tensor(Scope scope, String name, Shape capacity) {
    return CpuTensor.create(scope, name, capacity);
  }

  @Override
  public Weight matrix(Scope scope, Shape shape, float[] values) {
    return PackedMatrix.create(scope, shape, values, precision);
  }

  @Override
  public Weight floatMatrix(Scope scope, Shape shape, float[] values) {
    return PackedMatrix.create(scope, shape, values, Precision.FLOAT32);
  }

  @Override
  public Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up) {
    return PackedMatrix.createGated(scope, shape, gate, up, precision);
  }

  @Override
  public Weight scale(Scope scope, float[] values) {
    return ScaleVector.create(scope, values);
  }

  @Override
  public KeyValues keyValues(Scope scope, int layers, HeadShape shape) {
    return KeyValueCache.create(scope, layers, shape, team, precision);
  }

  @Override
  public RowTable rowTable(Scope scope, HostRows rows) {
    return new CpuRowTable(rows);
  }

  @Override
  public int preferredRows() {
    return PREFERRED_ROWS;
  }

  @Override
  public void gather(Tensor out, RowSource source) {
    gather.run(CpuTensor.of(out), source);
  }

  @Override
  public void gather(Tensor out, RowTable table, RowNumbers numbers) {
    gather.run(CpuTensor.of(out), CpuRowTable.of(table).source(), numbers);
  }

  @Override
  public void matmul(Tensor out, Tensor x, Weight w) {
    multiply(out, x, w, MatmulWork.Epilogue.STORE);
  }

  @Override
  public void gatedMatmul(Tensor out, Tensor x, Weight gated) {
    multiply(out, x, gated, MatmulWork.Epilogue.GATE);
  }

  @Override
  public void addRows(Tensor out, Tensor table, int[] rows) {
    place.add(CpuTensor.of(out), CpuTensor.of(table), rows);
  }

  @Override
  public void takeRows(Tensor out, Tensor x, int[] rows) {
    place.take(CpuTensor.of(out), CpuTensor.of(x), rows);
  }

  @Override
  public void placeRows(Tensor out, Tensor x, int[] rows) {
    place.place(CpuTensor.of(out), CpuTensor.of(x), rows);
  }

  @Override
  public void addHistoryFeatures(
      Tensor tokens, HistoryFeatureTables tables, HistoryFeatureRows rows) {
    features.addHistory(CpuTensor.of(tokens), tables, rows);
  }

  @Override
  public void addCandidateFeatures(Tensor tokens, IndexedRows surfaces, IndexedRows ages) {
    features.addCandidate(CpuTensor.of(tokens), surfaces, ages);
  }

  @Override
  public void silu(Tensor out, Tensor x) {
    element(out, x, ElementWork.Function.SILU);
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight scale) {
    norm.run(CpuTensor.of(out), CpuTensor.of(x), ScaleVector.of(scale));
  }

  @Override
  public void addRmsNorm(Tensor out, NormPair<?> pair, Tensor residual) {
    norm.add(CpuTensor.of(out), pair, CpuTensor.of(residual));
  }

  @Override
  public void addNorm(Tensor sum, Tensor residual, Tensor branch, Weight branchScale) {
    CpuTensor x = CpuTensor.of(branch);
    norm.add(
        scratch.of(ScratchTensors.Use.NORMED, x.rows(), x.columns()),
        CpuTensor.of(sum),
        CpuTensor.of(residual),
        x,
        ScaleVector.of(branchScale));
  }

  @Override
  public void rope(Tensor x, RowLayout rows, RopeShape shape) {
    rope.run(CpuTensor.of(x), rows, shape);
  }

  @Override
  public void keep(KeyValues keyValues, int layer, Tensor qkv) {
    KeyValueCache.of(keyValues).keep(layer, CpuTensor.of(qkv));
  }

  @Override
  public void copyHistories(KeyValues to, List<KeptHistory> from) {
    KeyValueCache.of(to).copy(from);
  }

  @Override
  public void attendHistory(Tensor out, Tensor qkv, KeyValues keyValues, int layer) {
    KeyValueCache.of(keyValues)
        .attention()
        .attendHistory(CpuTensor.of(out), CpuTensor.of(qkv), layer);
  }

  @Override
  public void attendCandidates(
      Tensor out, Tensor qkv, RowLayout candidates, KeyValues keyValues, int layer) {
    KeyValueCache.of(keyValues)
        .attention()
        .attendCandidates(CpuTensor.of(out), CpuTensor.of(qkv), candidates, layer);
  }

  @Override
  public void meanPool(Tensor out, Tensor x, RowLayout rows) {
    pool.pool(CpuTensor.of(out), CpuTensor.of(x), rows);
  }

  @Override
  public void l2Normalize(Tensor out, Tensor lengths, Tensor x) {
    pool.normalize(CpuTensor.of(out), CpuTensor.of(lengths), CpuTensor.of(x));
  }

  @Override
  public void actionHeads(
      Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head) {
    CpuTensor x = CpuTensor.of(hidden);
    CpuTensor normed = scratch.of(ScratchTensors.Use.NORMED, x.rows(), x.columns());
    floatNorm.run(normed, x, ScaleVector.of(scale));
    CpuTensor scores = CpuTensor.of(logits);
    matmul.run(scores, normed, PackedMatrix.of(head), MatmulWork.Epilogue.STORE);
    element.run(CpuTensor.of(probabilities), scores, ElementWork.Function.SIGMOID);
  }

  @Override
  public CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held) {
    return CpuCorpusIndex.create(scope, rows, shape, held, team);
  }

  @Override
  public void rereadRows(CorpusIndex index, int from, int count) {
    CpuCorpusIndex.of(index).reread(from, count);
  }

  @Override
  public TopK topK(CorpusIndex index, TopKQuery query) {
    return topK.run(CpuCorpusIndex.of(index), query);
  }

  @Override
  public void close() {
    scratch.close();
    team.close();
  }
}
