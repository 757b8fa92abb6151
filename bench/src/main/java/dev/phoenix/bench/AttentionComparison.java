package dev.phoenix.bench;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.HistoryAttentionReference;
import dev.phoenix.kernels.reference.SegmentedKeyValues;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Random;

/** Attention of one history of the demo's size over itself: 128 rows, 4 heads of 32. */
final class AttentionComparison extends Comparison {
  private static final int ROWS = 128;
  private static final HeadShape SHAPE = new HeadShape(4, 4, 32, 0.125f);

  /** Allows for a few float32 roundings of the logits, whose exponentials are the weights. */
  private static final double TOLERANCE = 2e-6;

  private final Ops ops;
  private final float[] dense;
  private final Tensor rows;
  private final Tensor out;
  private final KeyValues kept;

  AttentionComparison(int threads) {
    super(
        "Attention of %d history rows, 4 heads of 32".formatted(ROWS),
        // Multiplications and additions of the two products, without the masked half.
        1e-9 * 4 * SHAPE.queryColumns() * (0.5 * ROWS * (ROWS + 1)),
        "GFLOP");
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    Scope scope = own(Scope.create("attention"));
    int columns = SHAPE.fusedColumns();
    this.dense = new float[ROWS * columns];
    Random random = new Random(1);
    for (int i = 0; i < dense.length; i++) {
      dense[i] = (float) random.nextGaussian();
    }
    this.rows = ops.tensor(scope, "query_key_value", new Shape(ROWS, columns));
    rows.set(dense);
    this.out = ops.tensor(scope, "attended", new Shape(ROWS, SHAPE.queryColumns()));
    this.kept = ops.keyValues(scope, 1, SHAPE);
    kept.history().beginRequest();
    for (int row = 0; row < ROWS; row++) {
      kept.history().addRow(row);
    }
    ops.keep(kept, 0, rows);
  }

  @Override
  String check() {
    phoenix();
    float[] found = out.toArray();
    float[] expected = new float[found.length];
    int width = SHAPE.keyColumns();
    var keyValues =
        new SegmentedKeyValues(
            columns(width, width), columns(2 * width, width), new int[] {0, ROWS});
    HistoryAttentionReference.apply(
        expected,
        columns(0, SHAPE.queryColumns()),
        keyValues,
        new AttentionShape(4, 4, 32, SHAPE.multiplier()));
    return requireWithin(TOLERANCE, found, expected);
  }

  private float[] columns(int from, int count) {
    float[] part = new float[ROWS * count];
    int stride = dense.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(dense, row * stride + from, part, row * count, count);
    }
    return part;
  }

  @Override
  void phoenix() {
    ops.attendHistory(out, rows, kept, 0);
  }
}
