package dev.phoenix.ptx.emulator;

/** Integer absolute value, negation, minimum, maximum, distance and dot products. */
final class IntegerSelection {
  private IntegerSelection() {}

  @Ptx("abs.s32")
  static int abs(int a) {
    return a < 0 ? -a : a;
  }

  @Ptx("abs.s64")
  static long abs(long a) {
    return a < 0 ? -a : a;
  }

  @Ptx("abs.s16")
  static short abs(short a) {
    return (short) (a < 0 ? -a : a);
  }

  @Ptx("neg.s32")
  static int neg(int a) {
    return -a;
  }

  @Ptx("neg.s64")
  static long neg(long a) {
    return -a;
  }

  @Ptx("neg.s16")
  static short neg(short a) {
    return (short) -a;
  }

  @Ptx("min.s32")
  static int min(int a, int b) {
    return Math.min(a, b);
  }

  @Ptx("min.u32")
  static int minUnsigned(int a, int b) {
    return Integer.compareUnsigned(a, b) < 0 ? a : b;
  }

  @Ptx("min.s64")
  static long min(long a, long b) {
    return Math.min(a, b);
  }

  @Ptx("min.u64")
  static long minUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  @Ptx("min.s16")
  static short min(short a, short b) {
    return a < b ? a : b;
  }

  @Ptx("min.u16")
  static char min(char a, char b) {
    return a < b ? a : b;
  }

  @Ptx("max.s32")
  static int max(int a, int b) {
    return Math.max(a, b);
  }

  @Ptx("max.u32")
  static int maxUnsigned(int a, int b) {
    return Integer.compareUnsigned(a, b) > 0 ? a : b;
  }

  @Ptx("max.s64")
  static long max(long a, long b) {
    return Math.max(a, b);
  }

  @Ptx("max.u64")
  static long maxUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) > 0 ? a : b;
  }

  @Ptx("max.s16")
  static short max(short a, short b) {
    return a > b ? a : b;
  }

  @Ptx("max.u16")
  static char max(char a, char b) {
    return a > b ? a : b;
  }

  @Ptx("sad.u32")
  static int distance(int a, int b, int c) {
    return c + maxUnsigned(a, b) - minUnsigned(a, b);
  }

  @Ptx("sad.s32")
  static int distanceSigned(int a, int b, int c) {
    return c + Math.max(a, b) - Math.min(a, b);
  }

  @Ptx("dp4a.s32.s32")
  static int dot4(int a, int b, int c) {
    int sum = c;
    for (int shift = 0; shift < 32; shift += 8) {
      sum += (byte) (a >> shift) * (byte) (b >> shift);
    }
    return sum;
  }

  @Ptx("dp4a.u32.u32")
  static int dot4Unsigned(int a, int b, int c) {
    int sum = c;
    for (int shift = 0; shift < 32; shift += 8) {
      sum += ((a >>> shift) & 0xff) * ((b >>> shift) & 0xff);
    }
    return sum;
  }
}
