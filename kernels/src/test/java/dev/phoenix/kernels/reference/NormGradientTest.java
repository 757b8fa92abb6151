package dev.phoenix.kernels.reference;

import static dev.phoenix.kernels.reference.FiniteDifferences.check;
import static dev.phoenix.kernels.reference.FiniteDifferences.dot;
import static dev.phoenix.kernels.reference.FiniteDifferences.normal;
import static dev.phoenix.kernels.reference.FiniteDifferences.widen;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class NormGradientTest {
  private static final int ROWS = 3;
  private static final int COLUMNS = 5;
  private final float[] x = normal("x", ROWS * COLUMNS);
  private final float[] gradOut = normal("gradOut", ROWS * COLUMNS);
  private final float[] scale = normal("scale", COLUMNS);

  @Test
  void rmsNorm() {
    var actual = new RmsNormBackwardReference.Gradients(new float[x.length], new float[COLUMNS]);
    RmsNormBackwardReference.apply(actual, gradOut, x, scale);
    check("x", moved -> dot(gradOut, rms(moved, widen(scale))), x, actual.x());
    check("scale", moved -> dot(gradOut, rms(widen(x), moved)), scale, actual.scale());
  }

  @Test
  void rmsNormOfZeros() {
    float[] zeros = new float[x.length];
    var actual = new RmsNormBackwardReference.Gradients(new float[x.length], new float[COLUMNS]);
    RmsNormBackwardReference.apply(actual, gradOut, zeros, scale);
    // Near zero the curvature is too large for finite differences; the slope is known.
    double slope = 1 / Math.sqrt(RmsNormReference.EPSILON);
    float[] expected = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = (float) (gradOut[i] * scale[i % COLUMNS] * slope);
    }
    assertArrayEquals(expected, actual.x(), 1e-3f);
  }

  @Test
  void addRmsNorm() {
    float[] before = normal("before", x.length);
    float[] branch = normal("branch", x.length);
    float[] nextScale = normal("nextScale", COLUMNS);
    float[] gradResidual = normal("gradResidual", x.length);
    var actual =
        new AddRmsNormBackwardReference.Gradients(
            gradResidual.clone(), new float[x.length], new float[COLUMNS], new float[COLUMNS]);
    float[] after = before.clone();
    AddRmsNormReference.apply(new float[x.length], after, branch, scale, nextScale);
    AddRmsNormBackwardReference.apply(
        actual, gradOut, new AddRmsNormBackwardReference.Forward(after, branch, scale, nextScale));
    Sum sum = new Sum(widen(before), widen(branch), widen(scale), widen(nextScale));
    // The forward pass rounds the sum to float32, the finite difference does not: that changes the
    // derivative by about 1e-7, and check() allows 1e-6.
    check(
        "residual",
        m -> new Sum(m, sum.b, sum.s, sum.n).loss(gradResidual, gradOut),
        before,
        actual.residual());
    check(
        "branch",
        m -> new Sum(sum.r, m, sum.s, sum.n).loss(gradResidual, gradOut),
        branch,
        actual.branch());
    check(
        "branchScale",
        m -> new Sum(sum.r, sum.b, m, sum.n).loss(gradResidual, gradOut),
        scale,
        actual.branchScale());
    check(
        "nextScale",
        m -> new Sum(sum.r, sum.b, sum.s, m).loss(gradResidual, gradOut),
        nextScale,
        actual.nextScale());
  }

  @Test
  void l2Normalize() {
    float[] actual = new float[x.length];
    L2NormalizeBackwardReference.apply(actual, gradOut, x, COLUMNS);
    check("x", moved -> dot(gradOut, unit(moved)), x, actual);
  }

  @Test
  void l2NormalizeOfZeros() {
    float[] actual = new float[COLUMNS];
    L2NormalizeBackwardReference.apply(
        actual, new float[] {1, 0, -2, 0, 3}, new float[COLUMNS], COLUMNS);
    assertArrayEquals(new float[] {1e6f, 0, -2e6f, 0, 3e6f}, actual, 0.5f);
  }

  /** The inputs: residual stream, branch, and the two scales. */
  private record Sum(double[] r, double[] b, double[] s, double[] n) {
    double loss(float[] gradResidual, float[] gradOut) {
      double[] sum = rms(b, s);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += r[i];
      }
      return dot(gradResidual, sum) + dot(gradOut, rms(sum, n));
    }
  }

  static double[] rms(double[] x, double[] scale) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double squares = 0;
      int at = i - i % scale.length;
      for (int d = 0; d < scale.length; d++) {
        squares += x[at + d] * x[at + d];
      }
      double rms = Math.sqrt(squares / scale.length + RmsNormReference.EPSILON);
      out[i] = x[i] / rms * scale[i % scale.length];
    }
    return out;
  }

  private static double[] unit(double[] x) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double squares = 0;
      int at = i - i % COLUMNS;
      for (int d = 0; d < COLUMNS; d++) {
        squares += x[at + d] * x[at + d];
      }
      out[i] = x[i] / Math.sqrt(Math.max(squares, 1e-12));
    }
    return out;
  }
}
