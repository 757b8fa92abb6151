package dev.phoenix.ptx.emulator;

/** Logic, shifts and bit fields (sections Logic and Shift Instructions, Integer Arithmetic). */
final class BitOperations {
  private BitOperations() {}

  @Ptx("and.b16")
  static char and(char a, char b) {
    return (char) (a & b);
  }

  @Ptx("and.b32")
  static int and(int a, int b) {
    return a & b;
  }

  @Ptx("and.b64")
  static long and(long a, long b) {
    return a & b;
  }

  @Ptx("or.b16")
  static char or(char a, char b) {
    return (char) (a | b);
  }

  @Ptx("or.b32")
  static int or(int a, int b) {
    return a | b;
  }

  @Ptx("or.b64")
  static long or(long a, long b) {
    return a | b;
  }

  @Ptx("xor.b16")
  static char xor(char a, char b) {
    return (char) (a ^ b);
  }

  @Ptx("xor.b32")
  static int xor(int a, int b) {
    return a ^ b;
  }

  @Ptx("xor.b64")
  static long xor(long a, long b) {
    return a ^ b;
  }

  @Ptx("not.b32")
  static int not(int a) {
    return ~a;
  }

  @Ptx("not.b16")
  static char not(char a) {
    return (char) ~a;
  }

  @Ptx("not.b64")
  static long not(long a) {
    return ~a;
  }

  @Ptx("cnot.b32")
  static int logicalNot(int a) {
    return a == 0 ? 1 : 0;
  }

  @Ptx("lop3.b32")
  static int lop3(int a, int b, int c, int table) {
    int result = 0;
    result |= -(table & 1) & ~a & ~b & ~c;
    result |= -((table >> 1) & 1) & ~a & ~b & c;
    result |= -((table >> 2) & 1) & ~a & b & ~c;
    result |= -((table >> 3) & 1) & ~a & b & c;
    result |= -((table >> 4) & 1) & a & ~b & ~c;
    result |= -((table >> 5) & 1) & a & ~b & c;
    result |= -((table >> 6) & 1) & a & b & ~c;
    result |= -((table >> 7) & 1) & a & b & c;
    return result;
  }

  // Shift amounts are unsigned; those of the width and more shift everything out.

  @Ptx("shl.b32")
  static int shiftLeft(int a, int count) {
    return (count & ~31) == 0 ? a << count : 0;
  }

  @Ptx("shl.b64")
  static long shiftLeft(long a, int count) {
    return (count & ~63) == 0 ? a << count : 0;
  }

  @Ptx("shl.b16")
  static char shiftLeft(char a, int count) {
    return (char) ((count & ~15) == 0 ? a << count : 0);
  }

  @Ptx("shr.{u,b}32")
  static int shiftRight(int a, int count) {
    return (count & ~31) == 0 ? a >>> count : 0;
  }

  @Ptx("shr.{u,b}64")
  static long shiftRight(long a, int count) {
    return (count & ~63) == 0 ? a >>> count : 0;
  }

  @Ptx("shr.{u,b}16")
  static char shiftRight(char a, int count) {
    return (char) ((count & ~15) == 0 ? a >>> count : 0);
  }

  @Ptx("shr.s32")
  static int shiftRightSigned(int a, int count) {
    return a >> ((count & ~31) == 0 ? count : 31);
  }

  @Ptx("shr.s64")
  static long shiftRightSigned(long a, int count) {
    return a >> ((count & ~63) == 0 ? count : 63);
  }

  @Ptx("shr.s16")
  static short shiftRightSigned(short a, int count) {
    return (short) (a >> ((count & ~15) == 0 ? count : 15));
  }

  @Ptx("shf.l.wrap.b32")
  static int funnelLeft(int low, int high, int count) {
    return (int) ((pair(low, high) << (count & 31)) >>> 32);
  }

  @Ptx("shf.l.clamp.b32")
  static int funnelLeftClamped(int low, int high, int count) {
    return (int) ((pair(low, high) << clamped(count)) >>> 32);
  }

  @Ptx("shf.r.wrap.b32")
  static int funnelRight(int low, int high, int count) {
    return (int) (pair(low, high) >>> (count & 31));
  }

  @Ptx("shf.r.clamp.b32")
  static int funnelRightClamped(int low, int high, int count) {
    return (int) (pair(low, high) >>> clamped(count));
  }

  private static long pair(int low, int high) {
    return ((long) high << 32) | Integer.toUnsignedLong(low);
  }

  private static int clamped(int count) {
    return (count & ~31) == 0 ? count : 32;
  }

  @Ptx("popc.b32")
  static int count(int a) {
    return Integer.bitCount(a);
  }

  @Ptx("popc.b64")
  static int count(long a) {
    return Long.bitCount(a);
  }

  @Ptx("clz.b32")
  static int leadingZeros(int a) {
    return Integer.numberOfLeadingZeros(a);
  }

  @Ptx("clz.b64")
  static int leadingZeros(long a) {
    return Long.numberOfLeadingZeros(a);
  }

  @Ptx("brev.b32")
  static int reverse(int a) {
    return Integer.reverse(a);
  }

  @Ptx("brev.b64")
  static long reverse(long a) {
    return Long.reverse(a);
  }

  @Ptx("bfind.u32")
  static int find(int a) {
    return a == 0 ? -1 : 31 - Integer.numberOfLeadingZeros(a);
  }

  @Ptx("bfind.s32")
  static int findSigned(int a) {
    return find(a < 0 ? ~a : a);
  }

  @Ptx("bfind.u64")
  static int find(long a) {
    return a == 0 ? -1 : 63 - Long.numberOfLeadingZeros(a);
  }

  @Ptx("bfind.s64")
  static int findSigned(long a) {
    return find(a < 0 ? ~a : a);
  }

  @Ptx("bfind.shiftamt.u32")
  static int findShift(int a) {
    return a == 0 ? -1 : Integer.numberOfLeadingZeros(a);
  }

  @Ptx("bfind.shiftamt.s32")
  static int findShiftSigned(int a) {
    return findShift(a < 0 ? ~a : a);
  }

  @Ptx("bfind.shiftamt.u64")
  static int findShift(long a) {
    return a == 0 ? -1 : Long.numberOfLeadingZeros(a);
  }

  @Ptx("bfe.u32")
  static int extract(int a, int start, int length) {
    return (int) extract(Integer.toUnsignedLong(a), start, length);
  }

  @Ptx("bfe.u64")
  static long extract(long a, int start, int length) {
    int from = start & 0xff;
    int count = length & 0xff;
    if (from > 63 || count == 0) {
      return 0;
    }
    long shifted = a >>> from;
    return count > 63 ? shifted : shifted & ((1L << count) - 1);
  }

  @Ptx("bfe.s32")
  static int extractSigned(int a, int start, int length) {
    int count = length & 0xff;
    return count == 0 ? 0 : (int) extractSigned((long) a, start & 0xff, Math.min(count, 32));
  }

  @Ptx("bfe.s64")
  static long extractSigned(long a, int start, int length) {
    int from = Math.min(start & 0xff, 63);
    int count = length & 0xff;
    if (count == 0) {
      return 0;
    }
    long shifted = a >> from;
    int unused = Math.max(0, 64 - count);
    return (shifted << unused) >> unused;
  }

  @Ptx("bfi.b32")
  static int insert(int field, int a, int start, int length) {
    int from = start & 0xff;
    int count = Math.min(length & 0xff, 32);
    if (from > 31 || count == 0) {
      return a;
    }
    int mask = (int) ((1L << count) - 1) << from;
    return (a & ~mask) | ((field << from) & mask);
  }

  @Ptx("bfi.b64")
  static long insert(long field, long a, int start, int length) {
    int from = start & 0xff;
    int count = length & 0xff;
    if (from > 63 || count == 0) {
      return a;
    }
    long mask = (count > 63 ? -1L : (1L << count) - 1) << from;
    return (a & ~mask) | ((field << from) & mask);
  }

  @Ptx("prmt.b32")
  static int permute(int a, int b, int selector) {
    long bytes = pair(a, b);
    int result = 0;
    for (int i = 0; i < 4; i++) {
      int nibble = selector >> (4 * i);
      int value = (int) (bytes >>> (8 * (nibble & 7))) & 0xff;
      if ((nibble & 8) != 0) {
        value = (value & 0x80) == 0 ? 0 : 0xff;
      }
      result |= value << (8 * i);
    }
    return result;
  }
}
