package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.CandidateAttentionBackwardReference;
import dev.phoenix.kernels.reference.CandidateAttentionReference;
import dev.phoenix.kernels.reference.HistoryAttentionBackwardReference;
import dev.phoenix.kernels.reference.SegmentedKeyValues;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the backward pass of attention of history rows and candidate rows. */
@ParameterizedClass
@EnumSource(GradientBackend.class)
class AttentionGradientContractTest {
  /** Sums over up to 70 keys of products with 3 roundings each, in float32. */
  private static final double FLOAT32 = 1e-4;

  /**
   * Weights and gradients of logits rounded to bfloat16 (2^-8), from tanh.approx (2^-11 of a logit
   * of up to 30); the largest of some thousand such errors.
   */
  private static final double BFLOAT16 = 8 * (0x1p-8 + 30 * 0x1p-11);

  private static final int[] HISTORY = {33, 0, 1, 70, 8};
  private static final int[] CANDIDATES = {5, 2, 0, 40, 33};

  private final GradientWorkbench bench;
  private final GradientOps ops;
  private final double bound;
  private final GradientBackend backend;

  AttentionGradientContractTest(GradientBackend backend) {
    this.backend = backend;
    bound = backend.bound(FLOAT32, BFLOAT16);
    bench = new GradientWorkbench(backend, "gradients of attention");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  static Stream<HeadShape> shapes() {
    return Stream.of(
        new HeadShape(1, 1, 2, 0.5f),
        new HeadShape(4, 2, 16, 0.25f),
        new HeadShape(4, 1, 32, 0.125f),
        new HeadShape(2, 2, 48, 0.125f));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void historyRows(HeadShape shape) {
    RowLayout rows = Workbench.layout(HISTORY);
    int columns = shape.fusedColumns();
    Tensor qkv = bench.tensor(rows.rows(), columns, logits(rows.rows() * columns));
    KeyValues kept = ops.keyValues(bench.scope, 1, shape);
    Workbench.fill(kept.history(), HISTORY);
    ops.keep(kept, 0, qkv);
    Tensor out = bench.stale(1, shape.queryColumns());
    ops.attendHistory(out, qkv, kept, 0);
    float[] dOut = bench.exact(rows.rows() * shape.queryColumns());
    float[] before = bench.values(rows.rows() * columns);
    Tensor dQkv = bench.tensor(rows.rows(), columns, before);
    ops.attendHistoryGradient(
        new AttentionGradient(
            dQkv, qkv, out, bench.tensor(rows.rows(), shape.queryColumns(), dOut)),
        rows,
        shape);
    float[] all = qkv.toArray();
    var expected =
        new HistoryAttentionBackwardReference.Gradients(
            queries(before, columns, shape),
            keys(before, columns, shape),
            values(before, columns, shape));
    HistoryAttentionBackwardReference.apply(
        expected,
        dOut,
        queries(all, columns, shape),
        new SegmentedKeyValues(
            keys(all, columns, shape), values(all, columns, shape), Workbench.offsets(HISTORY)),
        Workbench.defined(shape));
    float[] found = dQkv.toArray();
    GradientWorkbench.assertClose("dQ", expected.q(), queries(found, columns, shape), bound);
    GradientWorkbench.assertClose("dK", expected.keys(), keys(found, columns, shape), bound);
    GradientWorkbench.assertClose("dV", expected.values(), values(found, columns, shape), bound);
  }

  /** Two accumulators over a head of 256 need more registers than a GPU thread has. */
  @Test
  void headsBeyond128HaveGradientsOnTheCpuAlone() {
    HeadShape wide = new HeadShape(1, 1, 256, 0.0625f);
    if (backend == GradientBackend.EMULATED) {
      assertThrows(IllegalArgumentException.class, () -> historyRows(wide));
      assertThrows(IllegalArgumentException.class, () -> candidateRows(wide));
    } else {
      historyRows(wide);
      candidateRows(wide);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void candidateRows(HeadShape shape) {
    RowLayout rows = Workbench.layout(CANDIDATES);
    RowLayout history = Workbench.layout(HISTORY);
    int kvColumns = 2 * shape.keyColumns();
    int columns = shape.queryColumns() + kvColumns;
    Tensor qkv = bench.tensor(rows.rows(), columns, logits(rows.rows() * columns));
    Tensor kv = bench.tensor(history.rows(), kvColumns, logits(history.rows() * kvColumns));
    KeyValues kept = ops.keyValues(bench.scope, 1, shape);
    Workbench.fill(kept.history(), HISTORY);
    ops.keep(kept, 0, kv);
    Tensor out = bench.stale(1, shape.queryColumns());
    ops.attendCandidates(out, qkv, rows, kept, 0);
    float[] dOut = bench.exact(rows.rows() * shape.queryColumns());
    float[] before = bench.values(rows.rows() * columns);
    float[] beforeKv = bench.values(history.rows() * kvColumns);
    Tensor dQkv = bench.tensor(rows.rows(), columns, before);
    Tensor dKv = bench.tensor(history.rows(), kvColumns, beforeKv);
    ops.attendCandidatesGradient(
        new AttentionGradient(
            dQkv, qkv, out, bench.tensor(rows.rows(), shape.queryColumns(), dOut)),
        rows,
        new KeyValueGradient(history, dKv, kv),
        shape);
    var expected =
        new CandidateAttentionBackwardReference.Gradients(
            queries(before, columns, shape),
            keys(before, columns, shape),
            values(before, columns, shape),
            keys(beforeKv, kvColumns, shape),
            values(beforeKv, kvColumns, shape));
    boolean[] sees = new boolean[rows.rows()];
    Arrays.fill(sees, true);
    float[] all = qkv.toArray();
    CandidateAttentionBackwardReference.apply(
        expected,
        dOut,
        new CandidateAttentionReference.Candidates(
            queries(all, columns, shape),
            new SegmentedKeyValues(
                keys(all, columns, shape),
                values(all, columns, shape),
                Workbench.offsets(CANDIDATES)),
            sees),
        new SegmentedKeyValues(
            keys(kv.toArray(), kvColumns, shape),
            values(kv.toArray(), kvColumns, shape),
            Workbench.offsets(HISTORY)),
        Workbench.defined(shape));
    float[] found = dQkv.toArray();
    float[] foundKv = dKv.toArray();
    GradientWorkbench.assertClose("dQ", expected.q(), queries(found, columns, shape), bound);
    GradientWorkbench.assertClose("own dK", expected.ownKeys(), keys(found, columns, shape), bound);
    GradientWorkbench.assertClose(
        "own dV", expected.ownValues(), values(found, columns, shape), bound);
    GradientWorkbench.assertClose(
        "dK", expected.historyKeys(), keys(foundKv, kvColumns, shape), bound);
    GradientWorkbench.assertClose(
        "dV", expected.historyValues(), values(foundKv, kvColumns, shape), bound);
  }

  /** Large enough that the cap bends some of the logits. */
  private float[] logits(int count) {
    float[] values = bench.exact(count);
    for (int i = 0; i < values.length; i += 7) {
      values[i] *= 4;
    }
    return values;
  }

  private static float[] queries(float[] rows, int columns, HeadShape shape) {
    return slice(rows, columns, 0, shape.queryColumns());
  }

  private static float[] keys(float[] rows, int columns, HeadShape shape) {
    return slice(rows, columns, columns - 2 * shape.keyColumns(), shape.keyColumns());
  }

  private static float[] values(float[] rows, int columns, HeadShape shape) {
    return slice(rows, columns, columns - shape.keyColumns(), shape.keyColumns());
  }

  private static float[] slice(float[] rows, int columns, int from, int width) {
    int count = rows.length / columns;
    float[] slice = new float[new Shape(count, width).elements()];
    for (int row = 0; row < count; row++) {
      System.arraycopy(rows, row * columns + from, slice, row * width, width);
    }
    return slice;
  }
}
