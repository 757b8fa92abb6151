package dev.phoenix.kernels.reference;

import static dev.phoenix.kernels.reference.FiniteDifferences.check;
import static dev.phoenix.kernels.reference.FiniteDifferences.dot;
import static dev.phoenix.kernels.reference.FiniteDifferences.normal;
import static dev.phoenix.kernels.reference.FiniteDifferences.widen;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ElementGradientTest {
  private final float[] x = {-12, -3, -1, -0.5f, -1e-3f, 0, 0.1f, 0.75f, 1, 2, 5, 20};
  private final float[] gradOut = normal("gradOut", x.length);

  @Test
  void gelu() {
    float[] actual = new float[x.length];
    ActivationBackwardReference.gelu(actual, gradOut, x);
    check("gelu", m -> dot(gradOut, map(m, ActivationReference::gelu)), x, actual);
  }

  @Test
  void silu() {
    float[] actual = new float[x.length];
    ActivationBackwardReference.silu(actual, gradOut, x);
    check("silu", m -> dot(gradOut, map(m, ActivationReference::silu)), x, actual);
  }

  @Test
  void sigmoid() {
    float[] out = new float[x.length];
    ActivationReference.sigmoid(out, x);
    float[] actual = new float[x.length];
    ActivationBackwardReference.sigmoid(actual, gradOut, out);
    check("sigmoid", m -> dot(gradOut, map(m, ActivationReference::sigmoid)), x, actual);
  }

  @Test
  void geglu() {
    float[] up = normal("up", x.length);
    var actual = new GegluBackwardReference.Gradients(new float[x.length], new float[x.length]);
    GegluBackwardReference.apply(actual, gradOut, x, up);
    check("gate", m -> dot(gradOut, gated(m, widen(up))), x, actual.gate());
    check("up", m -> dot(gradOut, gated(widen(x), m)), up, actual.up());
  }

  @Test
  void rope() {
    int[] positions = {0, 7};
    var shape = new RopeReference.Shape(6, 1, 4);
    float[] actual = gradOut.clone();
    RopeBackwardReference.apply(actual, positions, shape);
    check("x", m -> dot(gradOut, rotated(m, positions)), x, actual);
  }

  @Test
  void meanPool() {
    int[] offsets = {0, 3, 3, 4};
    float[] rows = normal("rows", 8);
    float[] grad = normal("gradOut", 6);
    float[] actual = new float[8];
    MeanPoolBackwardReference.apply(actual, grad, offsets, 2);
    check("x", m -> dot(grad, pooled(m, offsets)), rows, actual);
  }

  @Test
  void addsToWhatIsThere() {
    float[] once = new float[x.length];
    ActivationBackwardReference.gelu(once, gradOut, x);
    float[] onOnes = new float[x.length];
    Arrays.fill(onOnes, 1);
    ActivationBackwardReference.gelu(onOnes, gradOut, x);
    for (int i = 0; i < once.length; i++) {
      once[i] += 1;
    }
    assertArrayEquals(once, onOnes);
  }

  private static double[] map(double[] x, DoubleUnaryOperator function) {
    return Arrays.stream(x).map(function).toArray();
  }

  private static double[] gated(double[] gate, double[] up) {
    double[] out = map(gate, ActivationReference::gelu);
    for (int i = 0; i < out.length; i++) {
      out[i] *= up[i];
    }
    return out;
  }

  /** Two rows of six columns, the first four of which are one head. */
  private static double[] rotated(double[] x, int[] positions) {
    double[] out = x.clone();
    for (int row = 0; row < 2; row++) {
      for (int i = 0; i < 2; i++) {
        int at = row * 6 + i;
        float angle = positions[row] * RopeReference.frequency(i, 4);
        out[at] = x[at] * Math.cos(angle) - x[at + 2] * Math.sin(angle);
        out[at + 2] = x[at + 2] * Math.cos(angle) + x[at] * Math.sin(angle);
      }
    }
    return out;
  }

  private static double[] pooled(double[] x, int[] offsets) {
    double[] out = new double[2 * (offsets.length - 1)];
    for (int segment = 0; segment + 1 < offsets.length; segment++) {
      int count = offsets[segment + 1] - offsets[segment];
      for (int i = 2 * offsets[segment]; i < 2 * offsets[segment + 1]; i++) {
        out[2 * segment + i % 2] += x[i] / count;
      }
    }
    return out;
  }
}
