package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests keys and values that are copied out of the batch that encoded them. */
@ParameterizedClass
@EnumSource(Backend.class)
class KeptHistoryContractTest {
  private static final HeadShape[] SHAPES = {
    new HeadShape(3, 1, 6, 1f), new HeadShape(4, 2, 32, 0.125f), new HeadShape(2, 1, 128, 0.125f),
  };

  private final Workbench bench;
  private final Ops ops;

  KeptHistoryContractTest(Backend backend) {
    bench = new Workbench(backend, "kept histories");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  private static int width(HeadShape shape) {
    return shape.fusedColumns();
  }

  /** Stores random histories of {@code lengths} in both layers, after longer ones of NaN. */
  private KeyValues kept(HeadShape shape, int... lengths) {
    KeyValues kept = ops.keyValues(bench.scope, 2, shape);
    for (int longer : new int[] {9, 0}) {
      Workbench.fill(kept.history(), Arrays.stream(lengths).map(n -> n + longer).toArray());
      int rows = kept.history().rows();
      float[] values = bench.values(rows * width(shape));
      if (longer > 0) {
        Arrays.fill(values, Float.NaN);
      }
      ops.keep(kept, 0, bench.tensor(rows, width(shape), values));
      ops.keep(kept, 1, bench.tensor(rows, width(shape), values));
    }
    return kept;
  }

  /** Lets candidate i attend to request order[i]; returns results in the order of candidates. */
  private float[] attended(HeadShape shape, KeyValues kept, float[] rows, int... order) {
    float[] placed = new float[rows.length];
    int width = width(shape);
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(rows, i * width, placed, order[i] * width, width);
    }
    int[] ones = new int[order.length];
    Arrays.fill(ones, 1);
    Tensor out = bench.stale(order.length, shape.queryColumns());
    Tensor qkv = bench.tensor(order.length, width, placed);
    ops.attendCandidates(out, qkv, Workbench.layout(ones), kept, 1);
    float[] found = out.toArray();
    float[] ordered = new float[found.length];
    int columns = shape.queryColumns();
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(found, order[i] * columns, ordered, i * columns, columns);
    }
    return ordered;
  }

  @Test
  void copiesAreAttendedToLikeTheirOriginals() {
    for (HeadShape shape : SHAPES) {
      KeyValues all = kept(shape, 5, 0, 33, 16);
      KeyValues alone = ops.keyValues(bench.scope, 2, shape);
      ops.copyHistories(alone, List.of(new KeptHistory(all, 2)));
      assertEquals(33, alone.history().rows());
      KeyValues mixed = kept(shape, 70);
      ops.copyHistories(
          mixed,
          List.of(
              new KeptHistory(all, 3),
              new KeptHistory(alone, 0),
              new KeptHistory(all, 1),
              new KeptHistory(all, 0)));
      float[] candidates = bench.values(4 * width(shape));
      float[] expected = attended(shape, all, candidates, 3, 2, 1, 0);
      float[] found = attended(shape, mixed, candidates, 0, 1, 2, 3);
      Closeness.assertSame("histories of copies, " + shape, expected, found);
    }
  }

  @Test
  void nothingIsCopiedOntoItselfOrFromAnotherModel() {
    KeyValues kept = kept(SHAPES[1], 3);
    List<KeptHistory> own = List.of(new KeptHistory(kept, 0));
    assertThrows(IllegalArgumentException.class, () -> ops.copyHistories(kept, own));
    KeyValues other = ops.keyValues(bench.scope, 2, SHAPES[0]);
    assertThrows(IllegalArgumentException.class, () -> ops.copyHistories(other, own));
    KeyValues deeper = ops.keyValues(bench.scope, 3, SHAPES[1]);
    assertThrows(IllegalArgumentException.class, () -> ops.copyHistories(deeper, own));
  }
}
