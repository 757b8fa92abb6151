package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Every approximation lies within half an ulp of the true value, special cases as documented. */
class ApproximationInstructionsTest {
  private static void near(String instruction, DoubleUnaryOperator exact) {
    long[][] in = Operands.floats(1, 9);
    long[] out = Snippet.run("%f10", instruction, in);
    for (int i = 0; i < out.length; i++) {
      float a = Float.intBitsToFloat((int) in[0][i]);
      float result = Float.intBitsToFloat((int) out[i]);
      double wanted = exact.applyAsDouble(a);
      String what = instruction + " of " + a + " is " + result + ", not " + wanted;
      if (Double.isNaN(wanted)) {
        assertTrue(Float.isNaN(result), what);
      } else if (Double.isInfinite((float) wanted)) {
        assertEquals((float) wanted, result, what);
      } else {
        assertEquals(wanted, result, Math.ulp((float) wanted) * 0.5001, what);
      }
    }
  }

  @Test
  void liesWithinHalfAnUlp() {
    near("rcp.approx.f32 %f10, %f0;", a -> 1 / a);
    near("sqrt.approx.f32 %f10, %f0;", Math::sqrt);
    near("rsqrt.approx.f32 %f10, %f0;", a -> 1 / Math.sqrt(a));
    near("ex2.approx.f32 %f10, %f0;", a -> Math.pow(2, a));
    near("lg2.approx.f32 %f10, %f0;", a -> Math.log(a) / Math.log(2));
    near("sin.approx.f32 %f10, %f0;", Math::sin);
    near("cos.approx.f32 %f10, %f0;", Math::cos);
    near("tanh.approx.f32 %f10, %f0;", Math::tanh);
    near("div.full.f32 %f10, %f0, 0f40400000;", a -> a / 3);
  }

  @Test
  void flushesWhereAsked() {
    long[] out =
        Snippet.run("%f10", "rcp.approx.ftz.f32 %f10, %f0;", Snippet.floats(0x1p-127f, 0x1.8p127f));
    assertEquals(Float.POSITIVE_INFINITY, Float.intBitsToFloat((int) out[0]));
    assertEquals(0f, Float.intBitsToFloat((int) out[1]));
    out = Snippet.run("%f10", "ex2.approx.ftz.f32 %f10, %f0;", Snippet.floats(-127f, -126f));
    assertEquals(0f, Float.intBitsToFloat((int) out[0]));
    assertEquals(Float.MIN_NORMAL, Float.intBitsToFloat((int) out[1]));
  }

  @Test
  void quotientsOfHugeDivisorsAreZero() {
    long[] a = Snippet.floats(1f, Float.MAX_VALUE, Float.POSITIVE_INFINITY);
    long[] b = Snippet.floats(0x1.8p126f, -0x1p127f, 0x1p127f);
    long[] out = Snippet.run("%f10", "div.approx.f32 %f10, %f0, %f1;", a, b);
    assertEquals(0f, Float.intBitsToFloat((int) out[0]));
    assertEquals(-0f, Float.intBitsToFloat((int) out[1]));
    assertTrue(Float.isNaN(Float.intBitsToFloat((int) out[2])));
  }
}
