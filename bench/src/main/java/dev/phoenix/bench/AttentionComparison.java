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
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;

/** Attention of one history of the demo's size over itself: 128 rows, 4 heads of 32. */
final class AttentionComparison implements Comparison {
  private static final int ROWS = 128;
  private static final HeadShape SHAPE = new HeadShape(4, 4, 32, 0.125f);

  /** Allows for a few float32 roundings of the logits, whose exponentials are the weights. */
  private static final double TOLERANCE = 2e-6;

  private final Scope scope = Scope.create("attention");
  private final Ops ops;
  private final float[] dense;
  private final Tensor rows;
  private final Tensor out;
  private final KeyValues kept;

  AttentionComparison(int threads) {
    this.ops = CpuOps.create(Precision.FLOAT32, threads);
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
  public String name() {
    return "Attention of %d history rows, 4 heads of 32".formatted(ROWS);
  }

  @Override
  public String check() {
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
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
    }
    if (!(worst <= TOLERANCE)) {
      throw new CheckFailedException("%s: values off by %.3g".formatted(name(), worst));
    }
    return "max |Δ value| %.1e <= %.0e".formatted(worst, TOLERANCE);
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
  public void phoenix() {
    ops.attendHistory(out, rows, kept, 0);
  }

  @Override
  public List<Peer> peers() {
    return List.of();
  }

  @Override
  public OptionalDouble target() {
    return OptionalDouble.empty();
  }

  /** Billions of multiplications and additions of the two products, without the masked half. */
  @Override
  public double amount() {
    return 1e-9 * 4 * SHAPE.queryColumns() * (0.5 * ROWS * (ROWS + 1));
  }

  @Override
  public String rateUnit() {
    return "GFLOP";
  }

  @Override
  public void close() {
    scope.close();
    ops.close();
  }
}
