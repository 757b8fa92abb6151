package dev.phoenix.ops.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.Devices;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
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
import dev.phoenix.tensor.Tensor;
import java.util.List;

/**
 * {@link Ops} on a device, in bfloat16. An operation checks its operands, stages its inputs and
 * records its kernels when it is called. The kernels run when a result is read, so a device error
 * may be thrown there.
 */
public sealed class GpuOps extends GpuStorage permits GpuGradientOps {
  private final String name;
  private final Scratch scratch;
  private final Layouts layouts;
  private final RopeTables ropeTables;
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

  /** Creates operations whose parts, {@code engine} included, {@code owned} closes. */
  GpuOps(Closer owned, String name, Engine engine, TablePlacement placement) {
    super(owned.own(engine), placement);
    this.owned = owned;
    this.name = name;
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

  /** Creates operations on {@code device} with {@link TablePlacement#AUTO}. */
  public static GpuOps create(String name, Device device, Form form) {
    return create(name, device, form, TablePlacement.AUTO);
  }

  /**
   * Creates operations on {@code device}, which they own; the device is closed if this throws.
   *
   * @param name the backend's name
   * @param form form of the kernels; the emulated device takes {@link Form#PTX} only
   * @param placement the memory that holds embedding tables
   * @throws dev.phoenix.kernels.MissingKernelException if this build has no kernels
   */
  public static GpuOps create(String name, Device device, Form form, TablePlacement placement) {
    return create(name, Engine.create(device, form), placement);
  }

  /** Creates operations on {@code engine}, which they own; the engine is closed if this throws. */
  private static GpuOps create(String name, Engine engine, TablePlacement placement) {
    return Closer.open(owned -> new GpuOps(owned, name, engine, placement));
  }

  /**
   * Opens operations on the first device of the provider {@code name}, with {@link
   * TablePlacement#AUTO}.
   */
  public static GpuOps open(String name) {
    return open(name, TablePlacement.AUTO);
  }

  /**
   * Opens operations on the first device of the provider {@code name}.
   *
   * @throws dev.phoenix.device.DeviceException if there is no such device or it does not answer
   */
  public static GpuOps open(String name, TablePlacement placement) {
    return create(name, Devices.open(name), form(name), placement);
  }

  /** The form of kernels that the devices of the provider {@code name} take. */
  static Form form(String name) {
    return name.equals("emulated") ? Form.PTX : Form.CUBIN;
  }

  /** The parts that operations share. */
  record Parts(
      Engine engine, Scratch scratch, Layouts layouts, RopeTables ropeTables, Plans plans) {}

  /** Products of rows and weights. */
  ProductWork products() {
    return products;
  }

  /** The parts that training operations share with these. */
  Parts parts() {
    return new Parts(engine(), scratch, layouts, ropeTables, products.plans());
  }

  /** Whether this build has kernels, which requires nvcc at build time. */
  public static boolean hasKernels() {
    return KernelLibrary.contains("rms_norm");
  }

  /** The properties of the device. */
  public DeviceProperties device() {
    return engine().device().properties();
  }

  /** The number of graph replays. */
  public long graphReplays() {
    return engine().graphs().replays();
  }

  /**
   * The number of command lists that ran without a finished graph, one by one or during capture.
   */
  public long graphsPrepared() {
    return engine().graphs().prepared();
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
    return create(name, engine().lane(), placement());
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
  public void silu(Tensor out, Tensor x) {
    tokens.silu(GpuTensor.of(out), GpuTensor.of(x));
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Weight scale) {
    norms.normalize(GpuTensor.of(out), GpuTensor.of(x), scale);
  }

  @Override
  public void addRmsNorm(Tensor out, NormPair<?> pair, Tensor residual) {
    norms.addNormalize(GpuTensor.of(out), pair, GpuTensor.of(residual));
  }

  @Override
  public void addNorm(Tensor sum, Tensor residual, Tensor branch, Weight branchScale) {
    norms.add(GpuTensor.of(sum), GpuTensor.of(residual), GpuTensor.of(branch), branchScale);
  }

  @Override
  public void rope(Tensor x, RowLayout rows, RopeShape shape) {
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
  public void l2Normalize(Tensor out, Tensor lengths, Tensor x) {
    pools.normalize(GpuTensor.of(out), GpuTensor.of(lengths), GpuTensor.of(x));
  }

  @Override
  public void actionHeads(
      Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head) {
    heads.score(
        GpuTensor.of(probabilities), GpuTensor.of(logits), GpuTensor.of(hidden), scale, head);
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
