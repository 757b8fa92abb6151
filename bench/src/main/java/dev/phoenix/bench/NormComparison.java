package dev.phoenix.bench;

import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.Weight;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/** The norm of a history's rows, 128 x 128. */
final class NormComparison extends Comparison {
  private static final Shape SHAPE = new Shape(128, 128);

  /** A few float32 roundings of values up to 5. */
  private static final double TOLERANCE = 2e-6;

  private final Ops ops;
  private final float[] dense = new float[SHAPE.elements()];
  private final float[] scales = new float[SHAPE.columns()];
  private final Tensor x;
  private final Tensor out;
  private final Weight scale;

  NormComparison(int threads) {
    // The amount is what is read and written.
    super("RMSNorm of 128 x 128", 2e-9 * SHAPE.elements() * Float.BYTES, "GB");
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    Scope scope = own(Scope.create("norm"));
    Random random = new Random(1);
    for (int i = 0; i < dense.length; i++) {
      dense[i] = (float) random.nextGaussian();
    }
    Arrays.fill(scales, 1.25f);
    this.x = ops.tensor(scope, "x", SHAPE);
    x.set(dense);
    this.out = ops.tensor(scope, "out", SHAPE);
    this.scale = ops.scale(scope, scales);
  }

  @Override
  String check() {
    phoenix();
    float[] found = out.toArray();
    float[] expected = new float[found.length];
    RmsNormReference.apply(expected, dense, scales);
    return requireWithin(TOLERANCE, found, expected);
  }

  @Override
  void phoenix() {
    ops.rmsNorm(out, x, scale);
  }
}
