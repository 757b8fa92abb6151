package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Padding rows, which tiles read, may hold any values without an effect. */
class StaleMemoryTest {
  private static final int ROWS = 11;
  private static final HeadShape HEADS = new HeadShape(3, 1, 6, 0.5f);
  private static final int WIDTH = HEADS.queryColumns() + 2 * HEADS.keyColumns();

  private final Random random = Seeds.random("stale memory");

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void nothingBehindTheLastRowReachesAResult(Precision precision) {
    float[] x = values(ROWS * 17);
    float[] w = values(17 * WIDTH);
    float[] scale = values(17);
    try (CpuOps ops = CpuOps.create(precision, 2);
        Scope scope = Scope.create("test")) {
      float[] clean = attended(ops, scope, false, x, w, scale);
      float[] poisoned = attended(ops, scope, true, x, w, scale);
      Closeness.assertSame("after poison", clean, poisoned);
      for (float value : clean) {
        assertEquals(value, value, "no NaN");
      }
    }
  }

  private static CpuTensor tensor(Scope scope, boolean poison, int columns) {
    CpuTensor tensor = CpuTensor.create(scope, "stale", new Shape(ROWS, columns));
    if (poison) {
      tensor.poison();
    }
    return tensor;
  }

  /** Runs a norm, a product, a rotation and attention in sequence. */
  private static float[] attended(
      CpuOps ops, Scope scope, boolean poison, float[] x, float[] w, float[] scale) {
    Weight matrix = ops.matrix(scope, new Shape(17, WIDTH), w);
    CpuTensor in = tensor(scope, poison, 17);
    in.set(x);
    CpuTensor normed = tensor(scope, poison, 17);
    ops.rmsNorm(normed, in, ops.scale(scope, scale));
    CpuTensor qkv = tensor(scope, poison, WIDTH);
    ops.matmul(qkv, normed, matrix);
    KeyValues kept = ops.keyValues(scope, 1, HEADS);
    RowLayout rows = kept.history();
    rows.beginRequest();
    for (int row = 0; row < ROWS; row++) {
      rows.addRow(row);
    }
    ops.rope(qkv, rows, new RopeShape(WIDTH, 4, HEADS.headSize()));
    ops.keep(kept, 0, qkv);
    CpuTensor history = tensor(scope, poison, HEADS.queryColumns());
    ops.attendHistory(history, qkv, kept, 0);
    CpuTensor candidates = tensor(scope, poison, HEADS.queryColumns());
    ops.attendCandidates(candidates, qkv, rows, kept, 0);
    float[] both = new float[2 * ROWS * HEADS.queryColumns()];
    history.copyTo(both, 0);
    candidates.copyTo(both, both.length / 2);
    return both;
  }
}
