package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** Single and double precision: rounding against BigDecimal, flushing, saturation, NaN. */
class FloatInstructionsTest {
  private interface Floats {
    float of(float a, float b, float c);
  }

  private interface Exact {
    BigDecimal of(BigDecimal a, BigDecimal b, BigDecimal c);
  }

  private static float value(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static void floats(String instruction, Floats expected) {
    long[][] in = Operands.floats(3, 4);
    long[] out = Snippet.run("%f10", instruction, in);
    for (int i = 0; i < out.length; i++) {
      float a = value(in[0][i]);
      float b = value(in[1][i]);
      float c = value(in[2][i]);
      String what = instruction + " of " + a + ", " + b + ", " + c;
      assertEquals(expected.of(a, b, c), value(out[i]), what);
    }
  }

  /**
   * Checks that a directed rounding gives the nearest float on the correct side of the exact value.
   */
  private static void directed(String operation, String operands, Exact exact) {
    long[][] in = Operands.floats(3, 5);
    long[] down = Snippet.run("%f10", operation + ".rm.f32 %f10, " + operands, in);
    long[] up = Snippet.run("%f10", operation + ".rp.f32 %f10, " + operands, in);
    long[] zero = Snippet.run("%f10", operation + ".rz.f32 %f10, " + operands, in);
    for (int i = 0; i < down.length; i++) {
      float a = value(in[0][i]);
      float b = value(in[1][i]);
      float c = value(in[2][i]);
      float low = value(down[i]);
      float high = value(up[i]);
      boolean finite = Float.isFinite(a) && Float.isFinite(b) && Float.isFinite(c);
      if (!finite || Float.isInfinite(low) || Float.isInfinite(high)) {
        continue;
      }
      BigDecimal value = exact.of(new BigDecimal(a), new BigDecimal(b), new BigDecimal(c));
      String what = operation + " of " + a + ", " + b + ", " + c;
      assertTrue(new BigDecimal(low).compareTo(value) <= 0, what);
      assertTrue(new BigDecimal(high).compareTo(value) >= 0, what);
      boolean isExact = new BigDecimal(low).compareTo(value) == 0;
      assertEquals(isExact ? low + 0f : Math.nextUp(low) + 0f, high + 0f, what);
      assertEquals(value.signum() < 0 ? high + 0f : low + 0f, value(zero[i]) + 0f, what);
    }
  }

  @Test
  void roundsToNearest() {
    floats("add.f32 %f10, %f0, %f1;", (a, b, c) -> a + b);
    floats("sub.rn.f32 %f10, %f0, %f1;", (a, b, c) -> a - b);
    floats("mul.f32 %f10, %f0, %f1;", (a, b, c) -> a * b);
    floats("fma.rn.f32 %f10, %f0, %f1, %f2;", (a, b, c) -> Math.fma(a, b, c));
    floats("div.rn.f32 %f10, %f0, %f1;", (a, b, c) -> a / b);
    floats("sqrt.rn.f32 %f10, %f0;", (a, b, c) -> (float) Math.sqrt(a));
    floats("rcp.rn.f32 %f10, %f0;", (a, b, c) -> 1 / a);
  }

  @Test
  void roundsInEveryDirection() {
    directed("add", "%f0, %f1;", (a, b, c) -> a.add(b));
    directed("sub", "%f0, %f1;", (a, b, c) -> a.subtract(b));
    directed("mul", "%f0, %f1;", (a, b, c) -> a.multiply(b));
    directed("fma", "%f0, %f1, %f2;", (a, b, c) -> a.multiply(b).add(c));
  }

  @Test
  void flushesSubnormals() {
    floats("mul.ftz.f32 %f10, %f0, %f1;", (a, b, c) -> flush(flush(a) * flush(b)));
    floats("add.ftz.f32 %f10, %f0, %f1;", (a, b, c) -> flush(flush(a) + flush(b)));
    floats(
        "fma.rn.ftz.f32 %f10, %f0, %f1, %f2;",
        (a, b, c) -> flush(Math.fma(flush(a), flush(b), flush(c))));
    floats("abs.ftz.f32 %f10, %f0;", (a, b, c) -> flush(Math.abs(a)));
  }

  private static float flush(float a) {
    return Math.abs(a) < Float.MIN_NORMAL ? Math.copySign(0f, a) : a;
  }

  @Test
  void saturates() {
    floats(
        "add.sat.f32 %f10, %f0, %f1;",
        (a, b, c) -> Float.isNaN(a + b) ? 0f : Math.clamp(a + b, 0f, 1f) + 0f);
    floats(
        "cvt.sat.f32.f32 %f10, %f0;",
        (a, b, c) -> Float.isNaN(a) ? 0f : Math.clamp(a, 0f, 1f) + 0f);
  }

  @Test
  void minimumAndMaximumPreferNumbers() {
    floats(
        "min.f32 %f10, %f0, %f1;",
        (a, b, c) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b));
    floats(
        "max.f32 %f10, %f0, %f1;",
        (a, b, c) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b));
    floats("max.NaN.f32 %f10, %f0, %f1;", (a, b, c) -> Math.max(a, b));
    floats(
        "copysign.f32 %f10, %f0, %f1;",
        (a, b, c) -> Math.copySign(b, Float.floatToRawIntBits(a) < 0 ? -1f : 1f));
    floats("neg.f32 %f10, %f0;", (a, b, c) -> -a);
  }

  @Test
  void everyNanIsTheCanonicalOne() {
    long[] infinity = Snippet.floats(Float.POSITIVE_INFINITY);
    long[] nan = Snippet.words(0xffc12345);
    assertEquals(0x7fffffff, Snippet.run("%f10", "sub.f32 %f10, %f0, %f0;", infinity)[0]);
    assertEquals(0x7fffffff, Snippet.run("%f10", "mul.f32 %f10, %f0, 0f40000000;", nan)[0]);
    assertEquals(0xffc12345L, Snippet.run("%f10", "mov.f32 %f10, %f0;", nan)[0]);
  }

  @Test
  void doublePrecision() {
    long[][] in = Operands.doubles(3, 6);
    long[] fma = Snippet.run("%d10", "fma.rn.f64 %d10, %d0, %d1, %d2;", in);
    long[] quotient = Snippet.run("%d10", "div.rn.f64 %d10, %d0, %d1;", in);
    long[] root = Snippet.run("%d10", "sqrt.rn.f64 %d10, %d0;", in);
    long[] most = Snippet.run("%d10", "max.f64 %d10, %d0, 0d3FF0000000000000;", in);
    for (int i = 0; i < fma.length; i++) {
      double a = Double.longBitsToDouble(in[0][i]);
      double b = Double.longBitsToDouble(in[1][i]);
      double c = Double.longBitsToDouble(in[2][i]);
      assertEquals(Math.fma(a, b, c), Double.longBitsToDouble(fma[i]));
      assertEquals(a / b, Double.longBitsToDouble(quotient[i]));
      assertEquals(Math.sqrt(a), Double.longBitsToDouble(root[i]));
      assertEquals(Double.isNaN(a) ? 1 : Math.max(a, 1), Double.longBitsToDouble(most[i]));
    }
  }

  @Test
  void comparisonsKnowNan() {
    String[] names = {"eq", "ne", "lt", "le", "gt", "ge"};
    long[][] in = Operands.floats(2, 7);
    for (String name : names) {
      long[] ordered = Snippet.run("%p10", "setp." + name + ".f32 %p10, %f0, %f1;", in);
      long[] unordered = Snippet.run("%p10", "setp." + name + "u.f32 %p10, %f0, %f1;", in);
      for (int i = 0; i < ordered.length; i++) {
        float a = value(in[0][i]);
        float b = value(in[1][i]);
        boolean nan = Float.isNaN(a) || Float.isNaN(b);
        boolean holds =
            switch (name) {
              case "eq" -> a == b;
              case "ne" -> a != b && !nan;
              case "lt" -> a < b;
              case "le" -> a <= b;
              case "gt" -> a > b;
              default -> a >= b;
            };
        assertEquals(holds ? 1 : 0, ordered[i], name + " " + a + " " + b);
        assertEquals(holds || nan ? 1 : 0, unordered[i], name + "u " + a + " " + b);
      }
    }
  }

  @Test
  void comparisonsCombineAndHaveComplements() {
    long[][] in = Operands.words(2, 8);
    String body =
        """
        setp.eq.s32 %p5, %r1, 1;
        setp.lt.and.s32 %p1|%p2, %r0, %r1, !%p5;
        selp.u32 %r20, 1, 0, %p1;
        selp.u32 %r21, 2, 0, %p2;
        set.ge.u32.s32 %r22, %r0, %r1;
        and.b32 %r22, %r22, 4;
        or.b32 %r10, %r20, %r21;
        or.b32 %r10, %r10, %r22;
        """;
    long[] out = Snippet.run("%r10", body, in);
    for (int i = 0; i < out.length; i++) {
      int a = (int) in[0][i];
      int b = (int) in[1][i];
      boolean other = b != 1;
      int expected = (a < b && other ? 1 : 0) | (a >= b && other ? 2 : 0) | (a >= b ? 4 : 0);
      assertEquals(expected, out[i], a + " " + b);
    }
  }
}
