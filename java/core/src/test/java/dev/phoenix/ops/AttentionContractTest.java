package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.CandidateAttentionReference;
import dev.phoenix.kernels.reference.HistoryAttentionReference;
import dev.phoenix.kernels.reference.SegmentedKeyValues;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests attention of histories and candidates against kept keys and values. */
@ParameterizedClass
@EnumSource(Backend.class)
class AttentionContractTest {
  private static final HeadShape[] SHAPES = {
    new HeadShape(1, 1, 2, 0.125f),
    new HeadShape(3, 1, 6, 1f),
    new HeadShape(4, 2, 32, 0.125f),
    new HeadShape(2, 2, 34, 0.5f),
    new HeadShape(4, 2, 64, 0.125f),
    new HeadShape(2, 1, 128, 0.125f),
  };

  private static final int[] LENGTHS = {1, 0, 31, 2, 15, 0, 16, 17, 33, 65};

  private final Workbench bench;
  private final Ops ops;

  AttentionContractTest(Backend backend) {
    bench = new Workbench(backend, "attention");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /** Fused rows and their three parts. */
  private record Fused(float[] all, float[] queries, float[] keys, float[] values) {
    static Fused of(float[] all, HeadShape shape) {
      int q = shape.queryColumns();
      int k = shape.keyColumns();
      return new Fused(
          all,
          columns(all, q + 2 * k, 0, q),
          columns(all, q + 2 * k, q, k),
          columns(all, q + 2 * k, q + k, k));
    }

    static float[] columns(float[] all, int width, int from, int count) {
      int rows = all.length / width;
      float[] some = new float[rows * count];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(all, row * width + from, some, row * count, count);
      }
      return some;
    }
  }

  private static int width(HeadShape shape) {
    return shape.fusedColumns();
  }

  private Fused fused(int rows, HeadShape shape) {
    return Fused.of(bench.values(rows * width(shape)), shape);
  }

  /** Stores {@code history} after longer histories of NaN, so that reads of stale memory show. */
  private KeyValues kept(HeadShape shape, Fused history, int... lengths) {
    KeyValues kept = ops.keyValues(bench.scope, 2, shape);
    int[] longer = Arrays.stream(lengths).map(length -> length + 40).toArray();
    int rows = Arrays.stream(longer).sum();
    Workbench.fill(kept.history(), longer);
    ops.keep(kept, 1, nan(rows, shape));
    Workbench.fill(kept.history(), lengths);
    ops.keep(kept, 1, bench.tensor(kept.history().rows(), width(shape), history.all));
    return kept;
  }

  private Tensor nan(int rows, HeadShape shape) {
    float[] nan = new float[rows * width(shape)];
    Arrays.fill(nan, Float.NaN);
    return bench.tensor(rows, width(shape), nan);
  }

  /**
   * The error bound of an output, a mean of values with weights e^l, |l| <= 30. A logit has K
   * roundings of the size of its dot product before the cap, whose slope is at most 1, and 16
   * roundings of 30 in cap and exponential. Weights may be rounded as activations. Sums over n rows
   * add n roundings.
   */
  private double allowed(Fused queries, Fused history, HeadShape shape, int n) {
    double dot =
        (double) shape.headSize()
            * Workbench.largest(queries.queries)
            * Math.max(Workbench.largest(history.keys), Workbench.largest(queries.keys))
            * shape.multiplier();
    double logit = ((shape.headSize() + 2) * dot + 16 * 30) * Closeness.FLOAT_ROUNDING;
    double weight = logit + bench.kept() + (n + 4) * Closeness.FLOAT_ROUNDING;
    double value = Math.max(Workbench.largest(history.values), Workbench.largest(queries.values));
    return 2 * weight * value + bench.kept() * value;
  }

  @Test
  void historyRowsAttendToTheirPast() {
    for (HeadShape shape : SHAPES) {
      int rows = Arrays.stream(LENGTHS).sum();
      Fused history = fused(rows, shape);
      float[] expected = new float[rows * shape.queryColumns()];
      SegmentedKeyValues segments =
          new SegmentedKeyValues(history.keys, history.values, Workbench.offsets(LENGTHS));
      HistoryAttentionReference.apply(
          expected, history.queries, segments, Workbench.defined(shape));
      KeyValues kept = kept(shape, history, LENGTHS);
      Tensor out = bench.stale(0, shape.queryColumns());
      Tensor wide = bench.stale(rows, shape.queryColumns());
      ops.attendHistory(wide, bench.tensor(rows, width(shape), history.all), kept, 1);
      assertEquals(0, out.rows());
      double allowed = allowed(history, history, shape, 65);
      Closeness.assertWithin("attendHistory " + shape, expected, wide.toArray(), i -> allowed);
    }
  }

  @Test
  void candidatesAttendToTheirHistoryAndThemselves() {
    int[] counts = {3, 1, 0, 33, 8, 7, 9, 1, 64, 2};
    for (HeadShape shape : SHAPES) {
      int rows = Arrays.stream(counts).sum();
      Fused history = fused(Arrays.stream(LENGTHS).sum(), shape);
      Fused candidates = fused(rows, shape);
      RowLayout layout = new RowLayout();
      boolean[] sees = new boolean[rows];
      for (int count : counts) {
        layout.beginRequest();
        for (int i = 0; i < count; i++) {
          sees[layout.rows()] = i % 3 != 1;
          layout.addRow(i, i % 3 != 1);
        }
      }
      float[] expected = new float[rows * shape.queryColumns()];
      CandidateAttentionReference.apply(
          expected,
          new CandidateAttentionReference.Candidates(
              candidates.queries,
              new SegmentedKeyValues(candidates.keys, candidates.values, Workbench.offsets(counts)),
              sees),
          new SegmentedKeyValues(history.keys, history.values, Workbench.offsets(LENGTHS)),
          Workbench.defined(shape));
      KeyValues kept = kept(shape, history, LENGTHS);
      Tensor out = bench.stale(rows, shape.queryColumns());
      Tensor qkv = bench.tensor(rows, width(shape), candidates.all);
      ops.attendCandidates(out, qkv, layout, kept, 1);
      double allowed = allowed(candidates, history, shape, 66);
      Closeness.assertWithin("attendCandidates " + shape, expected, out.toArray(), i -> allowed);
    }
  }

  @Test
  void equalLogitsGiveTheMeanOfTheValues() {
    HeadShape shape = new HeadShape(2, 1, 6, 0.125f);
    float[] all = bench.values(33 * width(shape));
    for (int row = 0; row < 33; row++) {
      Arrays.fill(all, row * width(shape), row * width(shape) + shape.queryColumns(), -0f);
    }
    Fused history = Fused.of(all, shape);
    KeyValues kept = kept(shape, history, 33);
    Tensor out = bench.stale(33, shape.queryColumns());
    ops.attendHistory(out, bench.tensor(33, width(shape), all), kept, 1);
    float[] found = out.toArray();
    double[] sum = new double[6];
    for (int row = 0; row < 33; row++) {
      float[] expected = new float[6];
      for (int d = 0; d < 6; d++) {
        sum[d] += history.values[row * 6 + d];
        expected[d] = (float) (sum[d] / (row + 1));
      }
      float[] head = Arrays.copyOfRange(found, row * 12 + 6, row * 12 + 12);
      double allowed = (bench.kept() + 40 * Closeness.FLOAT_ROUNDING) * 5;
      Closeness.assertWithin("row " + row, expected, head, i -> allowed);
    }
  }

  @Test
  void logitsBeyondTheCapAreBounded() {
    HeadShape shape = new HeadShape(1, 1, 2, 1f);
    float[] all = {1e18f, 0, 1e18f, 0, 3, 4, 1e18f, 0, -1e18f, 0, 5, 6};
    for (int i = 0; i < all.length; i++) {
      all[i] = bench.keptForm(all[i]);
    }
    KeyValues kept = kept(shape, Fused.of(all, shape), 2);
    Tensor out = bench.stale(2, 2);
    ops.attendHistory(out, bench.tensor(2, 6, all), kept, 1);
    float[] expected = {3, 4, 3, 4};
    // The weight of the second key is e^-60 times that of the first.
    Closeness.assertWithin("at the cap", expected, out.toArray(), i -> 8 * bench.kept());
  }

  @Test
  void aRequestThatIsNotFiniteLeavesTheOthersAlone() {
    HeadShape shape = new HeadShape(4, 2, 32, 0.125f);
    int[] lengths = {9, 5, 17};
    Fused history = fused(31, shape);
    Tensor clean = bench.stale(31, shape.queryColumns());
    KeyValues kept = kept(shape, history, lengths);
    ops.attendHistory(clean, bench.tensor(31, width(shape), history.all), kept, 1);
    float[] all = history.all.clone();
    Arrays.fill(all, 9 * width(shape), 14 * width(shape), Float.NaN);
    Tensor tainted = bench.stale(31, shape.queryColumns());
    KeyValues keptToo = kept(shape, Fused.of(all, shape), lengths);
    ops.attendHistory(tainted, bench.tensor(31, width(shape), all), keptToo, 1);
    float[] expected = clean.toArray();
    Arrays.fill(expected, 9 * shape.queryColumns(), 14 * shape.queryColumns(), Float.NaN);
    Closeness.assertSame("requests beside NaN", expected, tainted.toArray());
  }

  @Test
  void keysAndValuesWithoutQueriesAreKeptTheSame() {
    HeadShape shape = new HeadShape(4, 2, 6, 0.5f);
    int[] lengths = {3, 20};
    Fused history = fused(23, shape);
    Fused candidates = fused(2, shape);
    Tensor qkv = bench.tensor(2, width(shape), candidates.all);
    Tensor expected = bench.stale(2, shape.queryColumns());
    ops.attendCandidates(expected, qkv, Workbench.layout(1, 1), kept(shape, history, lengths), 1);
    KeyValues narrow = ops.keyValues(bench.scope, 2, shape);
    Workbench.fill(narrow.history(), lengths);
    int columns = 2 * shape.keyColumns();
    float[] keyValues = Fused.columns(history.all, width(shape), shape.queryColumns(), columns);
    ops.keep(narrow, 1, bench.tensor(23, columns, keyValues));
    Tensor found = bench.stale(2, shape.queryColumns());
    ops.attendCandidates(found, qkv, Workbench.layout(1, 1), narrow, 1);
    Closeness.assertSame("kept from [k | v]", expected.toArray(), found.toArray());
  }

  @Test
  void rowsThatBelongToNoRequestAreRefused() {
    HeadShape shape = new HeadShape(1, 1, 2, 1f);
    KeyValues kept = kept(shape, fused(3, shape), 3);
    Tensor out = bench.stale(2, 2);
    Tensor two = bench.tensor(2, 6, new float[12]);
    assertThrows(IllegalArgumentException.class, () -> ops.attendHistory(out, two, kept, 1));
    assertThrows(IllegalArgumentException.class, () -> ops.keep(kept, 1, two));
    assertThrows(
        IllegalArgumentException.class,
        () -> ops.attendCandidates(out, two, Workbench.layout(1, 1), kept, 1));
  }
}
