package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Integer arithmetic against Java's and against BigInteger. */
class IntegerInstructionsTest {
  private interface Words {
    int of(int a, int b, int c);
  }

  private interface Longs {
    long of(long a, long b, long c);
  }

  private static void words(String instruction, Words expected) {
    long[][] in = Operands.words(3, 1);
    long[] out = Snippet.run("%r10", instruction, in);
    for (int i = 0; i < out.length; i++) {
      int a = (int) in[0][i];
      int b = (int) in[1][i];
      int c = (int) in[2][i];
      String what = instruction + " of " + a + ", " + b + ", " + c;
      assertEquals(expected.of(a, b, c), (int) out[i], what);
    }
  }

  private static void longs(String instruction, Longs expected) {
    long[][] in = Operands.longs(3, 2);
    long[] out = Snippet.run("%rd10", instruction, in);
    for (int i = 0; i < out.length; i++) {
      String what = instruction + " of " + in[0][i] + ", " + in[1][i] + ", " + in[2][i];
      assertEquals(expected.of(in[0][i], in[1][i], in[2][i]), out[i], what);
    }
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  @Test
  void arithmeticOn32Bits() {
    Map<String, Words> table =
        Map.ofEntries(
            Map.entry("add.s32", (a, b, c) -> a + b),
            Map.entry("sub.u32", (a, b, c) -> a - b),
            Map.entry("mul.lo.s32", (a, b, c) -> a * b),
            Map.entry("mul.hi.s32", (a, b, c) -> (int) (((long) a * b) >> 32)),
            Map.entry(
                "mul.hi.u32", (a, b, c) -> (int) (((a & 0xffffffffL) * (b & 0xffffffffL)) >>> 32)),
            Map.entry("div.s32", (a, b, c) -> b == 0 ? -1 : a / b),
            Map.entry("div.u32", (a, b, c) -> b == 0 ? -1 : Integer.divideUnsigned(a, b)),
            Map.entry("rem.s32", (a, b, c) -> b == 0 ? a : a % b),
            Map.entry("rem.u32", (a, b, c) -> b == 0 ? a : Integer.remainderUnsigned(a, b)),
            Map.entry("min.s32", (a, b, c) -> Math.min(a, b)),
            Map.entry("max.u32", (a, b, c) -> Integer.compareUnsigned(a, b) > 0 ? a : b),
            Map.entry(
                "add.sat.s32",
                (a, b, c) -> Math.clamp((long) a + b, Integer.MIN_VALUE, Integer.MAX_VALUE)));
    table.forEach((name, f) -> words(name + " %r10, %r0, %r1;", f));
    words("mad.lo.s32 %r10, %r0, %r1, %r2;", (a, b, c) -> a * b + c);
    words("mad.hi.s32 %r10, %r0, %r1, %r2;", (a, b, c) -> (int) (((long) a * b) >> 32) + c);
    words("abs.s32 %r10, %r0;", (a, b, c) -> Math.abs(a));
    words("neg.s32 %r10, %r0;", (a, b, c) -> -a);
    words("sad.s32 %r10, %r0, %r1, %r2;", (a, b, c) -> c + (a > b ? a - b : b - a));
  }

  @Test
  void arithmeticOn64Bits() {
    longs("add.s64 %rd10, %rd0, %rd1;", (a, b, c) -> a + b);
    longs("mul.lo.u64 %rd10, %rd0, %rd1;", (a, b, c) -> a * b);
    longs(
        "mul.hi.u64 %rd10, %rd0, %rd1;",
        (a, b, c) -> unsigned(a).multiply(unsigned(b)).shiftRight(64).longValue());
    longs(
        "mul.hi.s64 %rd10, %rd0, %rd1;",
        (a, b, c) ->
            BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).shiftRight(64).longValue());
    longs("mad.lo.s64 %rd10, %rd0, %rd1, %rd2;", (a, b, c) -> a * b + c);
    longs("div.u64 %rd10, %rd0, %rd1;", (a, b, c) -> b == 0 ? -1 : Long.divideUnsigned(a, b));
    longs("rem.s64 %rd10, %rd0, %rd1;", (a, b, c) -> b == 0 ? a : a % b);
    longs("min.u64 %rd10, %rd0, %rd1;", (a, b, c) -> unsigned(a).min(unsigned(b)).longValue());
    longs("max.s64 %rd10, %rd0, %rd1;", (a, b, c) -> Math.max(a, b));
    longs("mul.wide.s32 %rd10, %r0, %r1;", (a, b, c) -> (long) (int) a * (int) b);
    longs("mul.wide.u32 %rd10, %r0, %r1;", (a, b, c) -> (a & 0xffffffffL) * (b & 0xffffffffL));
    longs("mad.wide.s32 %rd10, %r0, %r1, %rd2;", (a, b, c) -> (long) (int) a * (int) b + c);
  }

  @Test
  void arithmeticOn16BitsKeepsRegistersClean() {
    words("add.s16 %h10, %h0, %h1;\ncvt.u32.u16 %r10, %h10;", (a, b, c) -> (a + b) & 0xffff);
    words("mul.lo.s16 %h10, %h0, %h1;\ncvt.s32.s16 %r10, %h10;", (a, b, c) -> (short) (a * b));
    words("mul.wide.s16 %r10, %h0, %h1;", (a, b, c) -> (short) a * (short) b);
    words(
        "max.u16 %h10, %h0, %h1;\ncvt.u32.u16 %r10, %h10;",
        (a, b, c) -> Math.max(a & 0xffff, b & 0xffff));
    words("neg.s16 %h10, %h0;\ncvt.u32.u16 %r10, %h10;", (a, b, c) -> -a & 0xffff);
    words("xor.b16 %h10, %h0, -1;\ncvt.u32.u16 %r10, %h10;", (a, b, c) -> ~a & 0xffff);
  }

  @Test
  void carriesRunThroughExtendedPrecision() {
    String add =
        """
        mov.b64 {%r20, %r21}, %rd0;
        mov.b64 {%r22, %r23}, %rd1;
        add.cc.u32 %r24, %r20, %r22;
        addc.u32 %r25, %r21, %r23;
        mov.b64 %rd10, {%r24, %r25};
        """;
    longs(add, (a, b, c) -> a + b);
    longs(add.replace("add", "sub"), (a, b, c) -> a - b);
    longs(
        """
        add.cc.u64 %rd20, %rd0, %rd1;
        addc.u64 %rd10, 0, 0;
        """,
        (a, b, c) -> unsigned(a).add(unsigned(b)).shiftRight(64).longValue());
    longs(
        """
        mul.lo.u64 %rd20, %rd0, %rd1;
        mad.lo.cc.u64 %rd21, %rd0, %rd1, %rd2;
        madc.hi.u64 %rd10, %rd0, %rd1, 0;
        """,
        (a, b, c) -> unsigned(a).multiply(unsigned(b)).add(unsigned(c)).shiftRight(64).longValue());
  }

  @Test
  void dotProducts() {
    words(
        "dp4a.s32.s32 %r10, %r0, %r1, %r2;",
        (a, b, c) -> {
          int sum = c;
          for (int i = 0; i < 4; i++) {
            sum += (byte) (a >> (8 * i)) * (byte) (b >> (8 * i));
          }
          return sum;
        });
  }
}
