package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.reference.ActivationReference;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/**
 * Compares elementary functions with the JDK's double functions over dense ranges, in ulps of
 * float32.
 */
class LanesTest {
  private static final int STEPS = 200_000;

  private static float apply(UnaryOperator<FloatVector> function, float x) {
    return function.apply(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0);
  }

  /**
   * The largest error of {@code function} from {@code from} to {@code to}, in ulps of the exact
   * value.
   */
  private static double worst(
      UnaryOperator<FloatVector> function, DoubleUnaryOperator truth, double from, double to) {
    float[] x = new float[Lanes.WIDTH];
    double worst = 0;
    for (int step = 0; step < STEPS; step += Lanes.WIDTH) {
      for (int lane = 0; lane < x.length; lane++) {
        x[lane] = (float) (from + (to - from) * (step + lane) / STEPS);
      }
      FloatVector y = function.apply(FloatVector.fromArray(Lanes.FLOATS, x, 0));
      for (int lane = 0; lane < x.length; lane++) {
        double expected = truth.applyAsDouble(x[lane]);
        double ulp = Math.max(Math.ulp((float) expected), Float.MIN_NORMAL * 0x1p-23);
        double error = Math.abs(y.lane(lane) - expected) / ulp;
        if (!(error <= worst)) {
          worst = error;
        }
      }
    }
    return worst;
  }

  private static void assertWithinUlps(double bound, double found) {
    assertTrue(found <= bound, () -> "%.3f ulp, expected at most %s".formatted(found, bound));
  }

  @Test
  void expIsWithinOneAndAQuarterUlps() {
    assertWithinUlps(1.25, worst(Lanes::exp, Math::exp, -87, 87));
    assertWithinUlps(1.25, worst(Lanes::exp, Math::exp, -1, 1));
    assertWithinUlps(1.25, worst(Lanes::boundedExp, Math::exp, -30, 30));
  }

  @Test
  void expStopsAtItsBounds() {
    assertEquals(apply(Lanes::exp, 87f), apply(Lanes::exp, 200f));
    assertEquals(apply(Lanes::exp, 87f), apply(Lanes::exp, Float.POSITIVE_INFINITY));
    assertEquals(apply(Lanes::exp, -87f), apply(Lanes::exp, Float.NEGATIVE_INFINITY));
    assertEquals(1f, apply(Lanes::exp, 0f));
    assertEquals(1f, apply(Lanes::exp, -0f));
    assertEquals(1f, apply(Lanes::exp, Float.MIN_VALUE));
  }

  @Test
  void tanhOfHalfIsWithinThreeUlps() {
    assertWithinUlps(3, worst(Lanes::tanhOfHalf, x -> Math.tanh(x / 2), -25, 25));
    assertWithinUlps(3, worst(Lanes::tanhOfHalf, x -> Math.tanh(x / 2), -1, 1));
    assertWithinUlps(3, worst(Lanes::tanhOfHalf, x -> Math.tanh(x / 2), -1e-6, 1e-6));
  }

  @Test
  void tanhOfHalfReachesOneAndKeepsZero() {
    assertEquals(1f, apply(Lanes::tanhOfHalf, 40f));
    assertEquals(-1f, apply(Lanes::tanhOfHalf, Float.NEGATIVE_INFINITY));
    assertEquals(0f, apply(Lanes::tanhOfHalf, 0f));
  }

  /** 1 + e^-x adds one rounding to those of e^-x, and the quotient another. */
  @Test
  void sigmoidIsWithinThreeUlps() {
    assertWithinUlps(3, worst(Lanes::sigmoid, ActivationReference::sigmoid, -86, 86));
    assertWithinUlps(3, worst(Lanes::sigmoid, ActivationReference::sigmoid, -1, 1));
  }

  @Test
  void siluIsWithinThreeUlps() {
    assertWithinUlps(3, worst(Lanes::silu, ActivationReference::silu, -80, 80));
    assertWithinUlps(3, worst(Lanes::silu, ActivationReference::silu, -1, 1));
  }

  /** The argument of its exponential, up to 15 here, has an error of 3 relative roundings. */
  @Test
  void geluIsWithinFourUlpsNearZeroAndThirtyTwoWhereItIsSmall() {
    assertWithinUlps(4, worst(Lanes::gelu, LanesTest::gelu, -0.5, 40));
    assertWithinUlps(32, worst(Lanes::gelu, LanesTest::gelu, -5, -0.5));
    assertTrue(Math.abs(apply(Lanes::gelu, -20f)) < 1e-35f);
    assertEquals(1e10f, apply(Lanes::gelu, 1e10f));
  }

  /** x / (1 + e^-2u): the definition's 1 + tanh(u) would cancel, even in double. */
  private static double gelu(double x) {
    return x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @Test
  void everyFunctionGivesNanForNan() {
    assertTrue(Float.isNaN(apply(Lanes::exp, Float.NaN)));
    assertTrue(Float.isNaN(apply(Lanes::tanhOfHalf, Float.NaN)));
    assertTrue(Float.isNaN(apply(Lanes::sigmoid, Float.NaN)));
    assertTrue(Float.isNaN(apply(Lanes::silu, Float.NaN)));
    assertTrue(Float.isNaN(apply(Lanes::gelu, Float.NaN)));
    assertTrue(Float.isNaN(apply(Lanes::toBfloat16, Float.NaN)));
    float quietest = Float.intBitsToFloat(0x7F800001);
    assertTrue(Float.isNaN(apply(Lanes::toBfloat16, quietest)));
    assertTrue(Float.isNaN(apply(Lanes::toBfloat16, Float.intBitsToFloat(0xFFFFFFFF))));
  }

  @Test
  void bfloat16RoundsToNearestAndTiesToEven() {
    assertEquals(0x1p0f, apply(Lanes::toBfloat16, 0x1.01p0f));
    assertEquals(0x1.04p0f, apply(Lanes::toBfloat16, 0x1.03p0f));
    assertEquals(0x1.02p0f, apply(Lanes::toBfloat16, 0x1.010002p0f));
    assertEquals(0x1.02p0f, apply(Lanes::toBfloat16, 0x1.02fffep0f));
    assertEquals(-0x1p0f, apply(Lanes::toBfloat16, -0x1.01p0f));
    assertEquals(0, Float.compare(-0f, apply(Lanes::toBfloat16, -0f)));
    assertEquals(Float.POSITIVE_INFINITY, apply(Lanes::toBfloat16, Float.MAX_VALUE));
    assertEquals(Float.NEGATIVE_INFINITY, apply(Lanes::toBfloat16, Float.NEGATIVE_INFINITY));
    assertEquals(0f, apply(Lanes::toBfloat16, Float.MIN_VALUE));
    float subnormal = Float.intBitsToFloat(0x0001_8000);
    assertEquals(Float.intBitsToFloat(0x0002_0000), apply(Lanes::toBfloat16, subnormal));
    assertEquals(Float.MIN_NORMAL, apply(Lanes::toBfloat16, Float.intBitsToFloat(0x007F_FFFF)));
  }

  @Test
  void bfloat16IsTheNearestForBitsOfEveryKind() {
    for (long all = 0; all < 1L << 32; all += 40_503) {
      float x = Float.intBitsToFloat((int) all);
      if (Float.isFinite(x) && Math.abs(x) < 0x1.ffp127f) {
        float rounded = apply(Lanes::toBfloat16, x);
        float below = Float.intBitsToFloat((int) all & 0xFFFF0000);
        float above = Float.intBitsToFloat(((int) all & 0xFFFF0000) + 0x10000);
        assertTrue(rounded == below || rounded == above);
        assertTrue(
            Math.abs((double) x - rounded)
                <= Math.min(Math.abs((double) x - below), Math.abs((double) x - above)));
      }
    }
  }

  @Test
  void paddingRoundsUpToSixteen() {
    assertEquals(0, Lanes.padded(0));
    assertEquals(16, Lanes.padded(1));
    assertEquals(16, Lanes.padded(16));
    assertEquals(32, Lanes.padded(17));
    assertEquals(0, Lanes.ROW_PADDING % Lanes.WIDTH, "row loops have no tail");
  }
}
