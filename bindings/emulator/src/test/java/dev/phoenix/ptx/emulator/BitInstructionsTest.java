package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Logic, shifts and bit fields, bit by bit. */
class BitInstructionsTest {
  private interface Words {
    int of(int a, int b, int c);
  }

  private static void words(String instruction, Words expected) {
    long[][] in = Operands.words(3, 3);
    long[] out = Snippet.run("%r10", instruction, in);
    for (int i = 0; i < out.length; i++) {
      int a = (int) in[0][i];
      int b = (int) in[1][i];
      int c = (int) in[2][i];
      String what = instruction + " of " + a + ", " + b + ", " + c;
      assertEquals(expected.of(a, b, c), (int) out[i], what);
    }
  }

  @Test
  void everyTableOfLop3() {
    for (int table : new int[] {0, 1, 0x80, 0xe8, 0x96, 0xca, 0xc0, 0xfe, 0xff}) {
      words(
          "lop3.b32 %r10, %r0, %r1, %r2, " + table + ";",
          (a, b, c) -> {
            int result = 0;
            for (int i = 0; i < 32; i++) {
              int index = (a >>> i & 1) << 2 | (b >>> i & 1) << 1 | (c >>> i & 1);
              result |= (table >>> index & 1) << i;
            }
            return result;
          });
    }
  }

  @Test
  void shiftsClamp() {
    words("shl.b32 %r10, %r0, %r1;", (a, b, c) -> Integer.compareUnsigned(b, 31) > 0 ? 0 : a << b);
    words("shr.u32 %r10, %r0, %r1;", (a, b, c) -> Integer.compareUnsigned(b, 31) > 0 ? 0 : a >>> b);
    words(
        "shr.s32 %r10, %r0, %r1;",
        (a, b, c) -> Integer.compareUnsigned(b, 31) > 0 ? a >> 31 : a >> b);
    words(
        "shf.l.wrap.b32 %r10, %r0, %r1, %r2;",
        (a, b, c) -> (c & 31) == 0 ? b : b << (c & 31) | a >>> (32 - (c & 31)));
    words(
        "shf.r.wrap.b32 %r10, %r0, %r1, %r2;",
        (a, b, c) -> (c & 31) == 0 ? a : a >>> (c & 31) | b << (32 - (c & 31)));
    words(
        "shf.r.clamp.b32 %r10, %r0, %r1, %r2;",
        (a, b, c) -> Integer.compareUnsigned(c, 31) > 0 ? b : c == 0 ? a : a >>> c | b << (32 - c));
  }

  @Test
  void countsAndFinds() {
    words("popc.b32 %r10, %r0;", (a, b, c) -> Integer.bitCount(a));
    words("clz.b32 %r10, %r0;", (a, b, c) -> Integer.numberOfLeadingZeros(a));
    words("brev.b32 %r10, %r0;", (a, b, c) -> Integer.reverse(a));
    words("bfind.u32 %r10, %r0;", (a, b, c) -> a == 0 ? -1 : 31 - Integer.numberOfLeadingZeros(a));
    words(
        "bfind.s32 %r10, %r0;",
        (a, b, c) ->
            (a < 0 ? ~a : a) == 0 ? -1 : 31 - Integer.numberOfLeadingZeros(a < 0 ? ~a : a));
    words(
        "bfind.shiftamt.u32 %r10, %r0;",
        (a, b, c) -> a == 0 ? -1 : Integer.numberOfLeadingZeros(a));
  }

  @Test
  void bitFields() {
    words(
        "bfe.u32 %r10, %r0, %r1, %r2;",
        (a, b, c) -> {
          int result = 0;
          for (int i = 0; i < Math.min(32, c & 255); i++) {
            int at = (b & 255) + i;
            result |= at < 32 ? (a >>> at & 1) << i : 0;
          }
          return result;
        });
    words(
        "bfe.s32 %r10, %r0, %r1, %r2;",
        (a, b, c) -> {
          int length = c & 255;
          if (length == 0) {
            return 0;
          }
          int sign = Math.min(31, (b & 255) + length - 1);
          int result = 0;
          for (int i = 0; i < 32; i++) {
            int at = (b & 255) + i;
            boolean inside = i < length && at < 32;
            result |= (a >>> (inside ? at : sign) & 1) << i;
          }
          return result;
        });
    words("bfi.b32 %r10, %r0, %r1, 5, 7;", (a, b, c) -> (b & ~(127 << 5)) | ((a & 127) << 5));
  }

  @Test
  void permutesBytes() {
    words("prmt.b32 %r10, %r0, %r1, 0x5410;", (a, b, c) -> (a & 0xffff) | (b << 16));
    words("prmt.b32 %r10, %r0, %r1, 0x7632;", (a, b, c) -> (a >>> 16) | (b & 0xffff0000));
    words("prmt.b32 %r10, %r0, 0, 0x0123;", (a, b, c) -> Integer.reverseBytes(a));
    words("prmt.b32 %r10, %r0, 0, 0x8888;", (a, b, c) -> (byte) a < 0 ? -1 : 0);
  }
}
