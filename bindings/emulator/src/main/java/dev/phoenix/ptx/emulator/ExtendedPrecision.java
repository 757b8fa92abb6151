package dev.phoenix.ptx.emulator;

/**
 * Carry computation of extended-precision arithmetic, which the decoder combines with the sum. The
 * {@code carry.*} opcodes are internal, not PTX.
 */
final class ExtendedPrecision {
  private ExtendedPrecision() {}

  @Ptx("carry.add.32")
  static boolean carryOfAdd(int a, int b, boolean carry) {
    long sum = Integer.toUnsignedLong(a) + Integer.toUnsignedLong(b) + (carry ? 1 : 0);
    return sum >>> 32 != 0;
  }

  @Ptx("carry.add.64")
  static boolean carryOfAdd(long a, long b, boolean carry) {
    long sum = a + b + (carry ? 1 : 0);
    return carry ? Long.compareUnsigned(sum, a) <= 0 : Long.compareUnsigned(sum, a) < 0;
  }

  @Ptx("carry.sub.32")
  static boolean borrowOfSub(int a, int b, boolean borrow) {
    return Integer.toUnsignedLong(a) - Integer.toUnsignedLong(b) - (borrow ? 1 : 0) < 0;
  }

  @Ptx("carry.sub.64")
  static boolean borrowOfSub(long a, long b, boolean borrow) {
    int order = Long.compareUnsigned(a, b);
    return order < 0 || (borrow && order == 0);
  }

  @Ptx("addc.{u,s}32")
  static int add(int a, int b, boolean carry) {
    return a + b + (carry ? 1 : 0);
  }

  @Ptx("addc.{u,s}64")
  static long add(long a, long b, boolean carry) {
    return a + b + (carry ? 1 : 0);
  }

  @Ptx("subc.{u,s}32")
  static int sub(int a, int b, boolean borrow) {
    return a - b - (borrow ? 1 : 0);
  }

  @Ptx("subc.{u,s}64")
  static long sub(long a, long b, boolean borrow) {
    return a - b - (borrow ? 1 : 0);
  }
}
