package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** cvt: every pair of integer types, rounding modes, saturation, NaN, packing. */
class ConversionInstructionsTest {
  private static final String[] INTEGERS = {"u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"};

  private static BigInteger read(long bits, String type) {
    int width = Integer.parseInt(type.substring(1));
    BigInteger value =
        new BigInteger(Long.toUnsignedString(bits)).mod(BigInteger.ONE.shiftLeft(width));
    boolean negative = type.startsWith("s") && value.testBit(width - 1);
    return negative ? value.subtract(BigInteger.ONE.shiftLeft(width)) : value;
  }

  private static BigInteger least(String type) {
    int width = Integer.parseInt(type.substring(1));
    return type.startsWith("s") ? BigInteger.ONE.shiftLeft(width - 1).negate() : BigInteger.ZERO;
  }

  private static BigInteger most(String type) {
    int width = Integer.parseInt(type.substring(1)) - (type.startsWith("s") ? 1 : 0);
    return BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE);
  }

  private static String register(String type, int number) {
    return switch (type.substring(1)) {
      case "64" -> "%rd" + number;
      case "32", "8" -> "%r" + number;
      default -> "%h" + number;
    };
  }

  @Test
  void everyPairOfIntegerTypes() {
    long[][] in = Operands.longs(1, 10);
    for (String from : INTEGERS) {
      for (String to : INTEGERS) {
        for (String saturate : new String[] {"", ".sat"}) {
          String target = register(to, 10);
          String body =
              "cvt"
                  + saturate
                  + "."
                  + to
                  + "."
                  + from
                  + " "
                  + target
                  + ", "
                  + register(from, 0)
                  + ";";
          long[] out = Snippet.run(target, body, in);
          for (int i = 0; i < out.length; i++) {
            BigInteger value = read(in[0][i], from);
            BigInteger wanted = saturate.isEmpty() ? value : value.max(least(to)).min(most(to));
            String what = body + " of " + value;
            assertEquals(read(wanted.longValue(), to), read(out[i], to), what);
          }
        }
      }
    }
  }

  @Test
  void floatsToIntegersRoundAndClamp() {
    Map<String, RoundingMode> modes =
        Map.of(
            "rni",
            RoundingMode.HALF_EVEN,
            "rzi",
            RoundingMode.DOWN,
            "rmi",
            RoundingMode.FLOOR,
            "rpi",
            RoundingMode.CEILING);
    long[][] in = Operands.floats(1, 11);
    modes.forEach(
        (mode, rounding) -> {
          for (String to : new String[] {"s32", "u32", "s64", "u64", "s16", "u16"}) {
            String target = register(to, 10);
            String body = "cvt." + mode + "." + to + ".f32 " + target + ", %f0;";
            long[] out = Snippet.run(target, body, in);
            for (int i = 0; i < out.length; i++) {
              float a = Float.intBitsToFloat((int) in[0][i]);
              assertEquals(integer(a, rounding, to), read(out[i], to), body + " of " + a);
            }
          }
        });
  }

  private static BigInteger integer(float a, RoundingMode rounding, String to) {
    if (Float.isNaN(a)) {
      return to.endsWith("64") ? read(Long.MIN_VALUE, to) : BigInteger.ZERO;
    }
    if (Float.isInfinite(a)) {
      return a > 0 ? most(to) : least(to);
    }
    BigInteger value = new BigDecimal(a).setScale(0, rounding).toBigInteger();
    return value.max(least(to)).min(most(to));
  }

  @Test
  void integersToFloatsRound() {
    long[][] in = Operands.longs(1, 12);
    long[] signed = Snippet.run("%f10", "cvt.rn.f32.s64 %f10, %rd0;", in);
    long[] unsigned = Snippet.run("%f10", "cvt.rn.f32.u64 %f10, %rd0;", in);
    long[] wide = Snippet.run("%d10", "cvt.rn.f64.u64 %d10, %rd0;", in);
    long[] down = Snippet.run("%f10", "cvt.rm.f32.s64 %f10, %rd0;", in);
    for (int i = 0; i < signed.length; i++) {
      BigInteger natural = new BigInteger(Long.toUnsignedString(in[0][i]));
      assertEquals((float) in[0][i], Float.intBitsToFloat((int) signed[i]));
      assertEquals(natural.floatValue(), Float.intBitsToFloat((int) unsigned[i]));
      assertEquals(natural.doubleValue(), Double.longBitsToDouble(wide[i]));
      BigDecimal low = new BigDecimal(Float.intBitsToFloat((int) down[i]));
      assertEquals(true, low.compareTo(BigDecimal.valueOf(in[0][i])) <= 0);
    }
  }

  @Test
  void halvesRoundToNearestEven() {
    long[] in = Snippet.floats(1f + 0x1p-8f, 1f + 0x1.8p-7f, 3.3e38f, Float.NaN, -2.5f, 0x1p-133f);
    long[] out = Snippet.run("%h10", "cvt.rn.bf16.f32 %h10, %f0;", in);
    assertEquals(0x3f80, out[0]);
    assertEquals(0x3f82, out[1]);
    assertEquals(0x7f78, out[2]);
    assertEquals(0x7fff, out[3]);
    assertEquals(0xc020, out[4]);
    assertEquals(0x0001, out[5]);
    out = Snippet.run("%h10", "cvt.rz.bf16.f32 %h10, %f0;", in);
    assertEquals(0x3f80, out[0]);
    assertEquals(0x3f81, out[1]);
    out =
        Snippet.run("%h10", "cvt.rn.f16.f32 %h10, %f0;", Snippet.floats(65520f, 65519f, 0x1p-25f));
    assertEquals(0x7c00, out[0]);
    assertEquals(0x7bff, out[1]);
    assertEquals(0, out[2]);
    out = Snippet.run("%h10", "cvt.rz.f16.f32 %h10, %f0;", Snippet.floats(65520f, 1e9f));
    assertEquals(0x7bff, out[0]);
    assertEquals(0x7bff, out[1]);
  }

  @Test
  void pairsPutTheFirstOperandAbove() {
    long[] out =
        Snippet.run(
            "%r10", "cvt.rn.bf16x2.f32 %r10, %f0, %f1;", Snippet.floats(1f), Snippet.floats(2f));
    assertEquals(0x3f804000L, out[0]);
    out =
        Snippet.run(
            "%r10", "cvt.rn.f16x2.f32 %r10, %f0, %f1;", Snippet.floats(1f), Snippet.floats(2f));
    assertEquals(0x3c004000L, out[0]);
  }

  @Test
  void roundsToIntegralValues() {
    long[] in = Snippet.floats(2.5f, -2.5f, 0.4f, -0.4f, 1e30f);
    assertEquals(
        2f, Float.intBitsToFloat((int) Snippet.run("%f10", "cvt.rni.f32.f32 %f10, %f0;", in)[0]));
    assertEquals(
        -3f, Float.intBitsToFloat((int) Snippet.run("%f10", "cvt.rmi.f32.f32 %f10, %f0;", in)[1]));
    assertEquals(
        1f, Float.intBitsToFloat((int) Snippet.run("%f10", "cvt.rpi.f32.f32 %f10, %f0;", in)[2]));
    assertEquals(
        -0f, Float.intBitsToFloat((int) Snippet.run("%f10", "cvt.rzi.f32.f32 %f10, %f0;", in)[3]));
    assertEquals(
        1e30f,
        Float.intBitsToFloat((int) Snippet.run("%f10", "cvt.rni.f32.f32 %f10, %f0;", in)[4]));
  }
}
