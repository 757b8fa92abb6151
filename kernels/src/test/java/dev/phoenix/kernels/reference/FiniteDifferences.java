package dev.phoenix.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Gradients by central differences in float64. With a step of 1e-5 the error of the difference is
 * the step squared (1e-10) plus the rounding of the two values divided by the step (1e-11), which
 * is less than the float32 rounding of the gradient under test.
 */
final class FiniteDifferences {
  private static final double STEP = 1e-5;
  private static final double ABSOLUTE = 2e-7;
  private static final double RELATIVE = 1e-6;

  private FiniteDifferences() {}

  /**
   * Compares every element of a gradient of {@code function} at {@code x} with the finite
   * difference.
   */
  static void check(String what, ToDoubleFunction<double[]> function, float[] x, float[] gradient) {
    assertEquals(x.length, gradient.length, what);
    for (int i = 0; i < x.length; i++) {
      double[] moved = widen(x);
      moved[i] = x[i] + STEP;
      double above = function.applyAsDouble(moved);
      moved[i] = x[i] - STEP;
      double below = function.applyAsDouble(moved);
      double expected = (above - below) / (2 * STEP);
      assertEquals(expected, gradient[i], ABSOLUTE + RELATIVE * Math.abs(expected), what + " " + i);
    }
  }

  /** Normally distributed numbers, with a seed derived from the name. */
  static float[] normal(String name, int count) {
    Random random = new Random(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  static double dot(float[] x, double[] y) {
    assertEquals(x.length, y.length);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
