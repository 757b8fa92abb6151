package dev.phoenix.ops.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.Devices;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
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

/**
 * {@link Ops} on a device, in bfloat16. An operation does its host part when it is called; the
 * device's part runs when a result is read, and an error of the device may surface there.
 */
public final class GpuOps implements Ops {
  /** Enough for every multiprocessor of a large GPU; activations of a pass stay below 200 MB. */
  private static final int PREFERRED_ROWS = 32768;

  private final String name;
  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private final RopeTables ropeTables;
  private final TablePlacement placement;
  private final TokenWork tokens;
  private final FeatureWork features;
  private final HeadWork heads;
  private final ProductWork products;
  private final NormWork norms;
  private final AttentionWork attention;
  private final KeptHistoryWork keptHistories;
  private final PoolWork pools;
  private final TopKWork topK;

  private final Closer owned;

  private GpuOps(Closer owned, String name, Engine engine, TablePlacement placement) {
    this.owned = owned;
    this.name = name;
    this.engine = owned.own(engine);
    this.placement = placement;
    this.layouts = new Layouts(engine);
    this.scratch = owned.own(new Scratch(engine));
    this.ropeTables = owned.own(new RopeTables(engine));
    this.tokens = new TokenWork(engine, scratch);
    this.features = new FeatureWork(engine, scratch);
    this.heads = new HeadWork(engine, scratch);
    this.products = owned.own(new ProductWork(engine, scratch));
    this.norms = new NormWork(engine, scratch, layouts, ropeTables);
    this.attention = new AttentionWork(engine, scratch, layouts);
    this.keptHistories = new KeptHistoryWork(engine);
    this.pools = new PoolWork(engine, scratch, layouts);
    this.topK = owned.own(new TopKWork(engine));
  }

  /** Operations on {@code device} with {@link TablePlacement#AUTO}. */
  public static GpuOps create(String name, Device device, Form form) {
    return create(name, device, form, TablePlacement.AUTO);
  }

  /**
   * Operations on {@code device}, which is closed with them, and where this throws.
   *
   * @param name the backend's name
   * @param form of the kernels: the emulated device takes {@link Form#PTX} only
   * @param placement where embedding tables lie
   * @throws dev.phoenix.kernels.MissingKernelException if this build has no kernels
   */
  public static GpuOps create(String name, Device device, Form form, TablePlacement placement) {
    return create(name, Engine.create(device, form), placement);
  }

  /** Operations of {@code engine}, which is closed with them, and where this throws. */
  private static GpuOps create(String name, Engine engine, TablePlacement placement) {
    return Closer.open(owned -> new GpuOps(owned, name, engine, placement));
  }

  /** As the other, tables where {@link TablePlacement#AUTO} puts them. */
  public static GpuOps open(String name) {
    return open(name, TablePlacement.AUTO);
  }

  /**
   * Opens the first device of the provider {@code name} and operations on it.
   *
   * @throws dev.phoenix.device.DeviceException if there is none or it does not answer
   */
  public static GpuOps open(String name, TablePlacement placement) {
    Form form = name.equals("emulated") ? Form.PTX : Form.CUBIN;
    return create(name, Devices.open(name), form, placement);
  }

  /** What operations are made of. */
  record Parts(
      Engine engine, Scratch scratch, Layouts layouts, RopeTables ropeTables, Plans plans) {}

  /** What these operations are made of, for those of training. */
  Parts parts() {
    return new Parts(engine, scratch, layouts, ropeTables, products.plans());
  }

  /** Means and unit lengths, of which training wants the lengths on the device. */
  PoolWork pools() {
    return pools;
  }

  /** Whether this build has kernels: it was made with nvcc at hand. */
  public static boolean hasKernels() {
    return KernelLibrary.contains("rms_norm");
  }

  /** Bytes of device and pinned memory that are live on the device, those of all lanes included. */
  public long liveBytes() {
    return engine.device().liveBytes();
  }

  /** How often a graph was replayed. */
  public long graphReplays() {
    return engine.graphs().replays();
  }

  /** How often work ran that was not a graph yet: command by command, or to be captured. */
  public long graphsPrepared() {
    return engine.graphs().prepared();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Precision precision() {
    return Precision.BFLOAT16;
  }

  @Override
  public Ops lane() {
    return create(name, engine.lane(), placement);
  }

  @Override
  public Tensor tensor(Scope scope, String what, Shape capacity) {
    return GpuTensor.create(engine, scope, ElementType.F32, what, capacity);
  }

  @Override
  public Tensor activation(Scope scope, String what, Shape capacity) {
    return GpuTensor.create(engine, scope, ElementType.BF16, what, capacity);
  }

  @Override
  public Weight matrix(Scope scope, Shape shape, float[] values) {
    return GpuMatrix.create(engine, scope, shape, ElementType.BF16, values);
  }

  @Override
  public Weight floatMatrix(Scope scope, Shape shape, float[] values) {
    return GpuMatrix.create(engine, scope, shape, ElementType.F32, values);
  }

  @Override
  public Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up) {
    return GpuMatrix.createGated(engine, scope, shape, gate, up);
  }

  @Override
  public Weight scale(Scope scope, float[] values) {
    return GpuMatrix.create(engine, scope, new Shape(1, values.length), ElementType.F32, values);
  }

  @Override
  public KeyValues keyValues(Scope scope, int layers, AttentionShape shape) {
    return GpuKeyValues.create(engine, scope, layers, shape);
  }

  @Override
  public RowTable rowTable(Scope scope, HostRows rows) {
    return GpuRowTable.create(engine, scope, rows, placement);
  }

  @Override
  public int preferredRows() {
    return PREFERRED_ROWS;
  }

  @Override
  public int capacityFor(int rows) {
    return RowBuckets.rows(rows);
  }

  @Override
  public boolean preparesSizes() {
    return true;
  }

  @Override
  public void gather(Tensor out, RowSource source) {
    tokens.gather(GpuTensor.of(out), source);
  }

  @Override
  public void gather(Tensor out, RowTable table, RowNumbers numbers) {
    features.gather(GpuTensor.of(out), GpuRowTable.of(table), numbers);
  }

  @Override
  public void matmul(Tensor out, Tensor x, Weight w) {
    GpuTensor from = GpuTensor.of(x);
    products.multiply(GpuTensor.of(out), from, GpuMatrix.operand(w, from.type()));
  }

  /** out[r] += x[r] · w. */
  void matmulAdd(Tensor out, Tensor x, Weight w) {
    GpuTensor from = GpuTensor.of(x);
    products.add(GpuTensor.of(out), from, GpuMatrix.operand(w, from.type()));
  }

  @Override
  public void gatedMatmul(Tensor out, Tensor x, Weight gated) {
    MatrixOperand w = GpuMatrix.of(gated, GpuMatrix.Form.GATED).operand();
    products.gate(GpuTensor.of(out), GpuTensor.of(x), w);
  }

  @Override
  public void addRows(Tensor out, Tensor table, int[] rows) {
    tokens.addRows(GpuTensor.of(out), GpuTensor.of(table), rows);
  }

  @Override
  public void takeRows(Tensor out, Tensor x, int[] rows) {
    tokens.takeRows(GpuTensor.of(out), GpuTensor.of(x), rows);
  }

  @Override
  public void placeRows(Tensor out, Tensor x, int[] rows) {
    tokens.placeRows(GpuTensor.of(out), GpuTensor.of(x), rows);
  }

  @Override
  public void addHistoryFeatures(Tensor out, HistoryFeatureTables tables, HistoryFeatureRows rows) {
    features.addHistory(GpuTensor.of(out), tables, rows);
  }

  @Override
  public void addCandidateFeatures(Tensor out, IndexedRows surfaces, IndexedRows ages) {
    features.addCandidates(GpuTensor.of(out), surfaces, ages);
  }

  @Override
  public void silu(Tensor x) {
    tokens.silu(GpuTensor.of(x));
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight scale) {
    norms.normalize(GpuTensor.of(out), GpuTensor.of(x), scale);
  }

  @Override
  public void addRmsNorm(
      Tensor out, Tensor residual, Tensor branch, Weight branchScale, Weight nextScale) {
    norms.addNormalize(
        GpuTensor.of(out), GpuTensor.of(residual), GpuTensor.of(branch), branchScale, nextScale);
  }

  @Override
  public void addNorm(Tensor residual, Tensor branch, Weight branchScale) {
    norms.add(GpuTensor.of(residual), GpuTensor.of(branch), branchScale);
  }

  @Override
  public void rope(Tensor x, RowLayout rows, RopeReference.Shape shape) {
    norms.rotate(GpuTensor.of(x), rows, shape);
  }

  @Override
  public void keep(KeyValues keyValues, int layer, Tensor qkv) {
    attention.keep(GpuKeyValues.of(keyValues), layer, GpuTensor.of(qkv));
  }

  @Override
  public void copyHistories(KeyValues to, List<KeptHistory> from) {
    keptHistories.copy(GpuKeyValues.of(to), from);
  }

  @Override
  public void attendHistory(Tensor out, Tensor qkv, KeyValues keyValues, int layer) {
    attention.attendHistory(
        GpuTensor.of(out), GpuTensor.of(qkv), GpuKeyValues.of(keyValues), layer);
  }

  @Override
  public void attendCandidates(
      Tensor out, Tensor qkv, RowLayout candidates, KeyValues keyValues, int layer) {
    attention.attendCandidates(
        GpuTensor.of(out), GpuTensor.of(qkv), candidates, GpuKeyValues.of(keyValues), layer);
  }

  @Override
  public void meanPool(Tensor out, Tensor x, RowLayout rows) {
    pools.pool(GpuTensor.of(out), GpuTensor.of(x), rows);
  }

  @Override
  public void l2Normalize(Tensor out, float[] lengths, Tensor x) {
    pools.normalize(GpuTensor.of(out), lengths, GpuTensor.of(x));
  }

  @Override
  public void actionHeads(
      Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head) {
    heads.score(
        GpuTensor.of(probabilities), GpuTensor.of(logits), GpuTensor.of(hidden), scale, head);
  }

  @Override
  public CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held) {
    return GpuCorpusIndex.create(engine, scope, rows, shape, held);
  }

  @Override
  public void rereadRows(CorpusIndex index, int from, int count) {
    GpuCorpusIndex.of(index).reread(from, count);
  }

  @Override
  public TopK topK(CorpusIndex index, TopKQuery query) {
    return topK.run(GpuCorpusIndex.of(index), query);
  }

  @Override
  public void close() {
    owned.close();
  }
}
