package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** binary16 and bfloat16 arithmetic against exact rounding by search. */
class HalfInstructionsTest {
  private static final int COUNT = 1024;

  private interface Decode {
    float of(char bits);
  }

  private static final Decode F16 = bits -> Float.float16ToFloat((short) bits);
  private static final Decode BF16 = bits -> Float.intBitsToFloat(bits << 16);

  private static long[] random(long seed, boolean brain) {
    Random random = new Random(seed);
    long[] values = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(12) - 6));
      values[i] =
          brain ? Float.floatToRawIntBits(value) >>> 16 : Float.floatToFloat16(value) & 0xffff;
    }
    return values;
  }

  /** The nearest finite value, ties to the even code, by trying the neighbours of a guess. */
  private static int nearest(BigDecimal exact, Decode decode, int guess) {
    int best = guess;
    BigDecimal error = null;
    for (int code = Math.max(0, (guess & 0x7fff) - 2); code <= (guess & 0x7fff) + 2; code++) {
      int candidate = code | (guess & 0x8000);
      float value = decode.of((char) candidate);
      if (!Float.isFinite(value)) {
        continue;
      }
      BigDecimal distance = new BigDecimal(value).subtract(exact).abs();
      int order = error == null ? -1 : distance.compareTo(error);
      if (order < 0 || (order == 0 && (candidate & 1) == 0)) {
        best = candidate;
        error = distance;
      }
    }
    return best;
  }

  private static void fused(String type, Decode decode, boolean brain) {
    long[] a = random(1, brain);
    long[] b = random(2, brain);
    long[] c = random(3, brain);
    long[] out = Snippet.run("%h10", "fma.rn." + type + " %h10, %h0, %h1, %h2;", a, b, c);
    for (int i = 0; i < COUNT; i++) {
      BigDecimal exact =
          new BigDecimal(decode.of((char) a[i]))
              .multiply(new BigDecimal(decode.of((char) b[i])))
              .add(new BigDecimal(decode.of((char) c[i])));
      assertEquals(nearest(exact, decode, (int) out[i]), (int) out[i], type + " case " + i);
    }
  }

  @Test
  void fusedMultiplyAddRoundsOnce() {
    fused("f16", F16, false);
    fused("bf16", BF16, true);
  }

  @Test
  void sumsRoundCorrectly() {
    long[] a = random(4, true);
    long[] b = random(5, true);
    long[] out = Snippet.run("%h10", "add.bf16 %h10, %h0, %h1;", a, b);
    for (int i = 0; i < COUNT; i++) {
      BigDecimal exact =
          new BigDecimal(BF16.of((char) a[i])).add(new BigDecimal(BF16.of((char) b[i])));
      assertEquals(nearest(exact, BF16, (int) out[i]), (int) out[i], "case " + i);
    }
  }

  @Test
  void pairsWorkOnBothHalves() {
    String body =
        """
        mov.b32 %r20, {%h0, %h1};
        mov.b32 %r21, {%h1, %h0};
        fma.rn.bf16x2 %r22, %r20, %r21, %r20;
        mov.b32 {%h11, %h12}, %r22;
        fma.rn.bf16 %h13, %h0, %h1, %h0;
        fma.rn.bf16 %h14, %h1, %h0, %h1;
        setp.eq.b16 %p1, %h11, %h13;
        setp.eq.and.b16 %p10, %h12, %h14, %p1;
        """;
    for (long ok : Snippet.run("%p10", body, random(6, true), random(7, true))) {
      assertEquals(1, ok);
    }
  }

  @Test
  void minimumMaximumAndSign() {
    long[] a = {0x7e00, 0x3c00, 0x8000, 0xbc00};
    long[] b = {0x3c00, 0x7e00, 0x0000, 0x3c00};
    assertEquals(0x3c00, Snippet.run("%h10", "max.f16 %h10, %h0, %h1;", a, b)[0]);
    assertEquals(0x7fff, Snippet.run("%h10", "max.NaN.f16 %h10, %h0, %h1;", a, b)[1]);
    assertEquals(0x8000, Snippet.run("%h10", "min.f16 %h10, %h0, %h1;", a, b)[2]);
    assertEquals(0x3c00, Snippet.run("%h10", "abs.f16 %h10, %h0;", a, b)[3]);
    assertEquals(0x3c00, Snippet.run("%h10", "neg.f16 %h10, %h0;", a, b)[3]);
  }
}
