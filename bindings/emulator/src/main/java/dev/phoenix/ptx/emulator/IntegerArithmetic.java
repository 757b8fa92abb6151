package dev.phoenix.ptx.emulator;

/**
 * Integer arithmetic (section Integer Arithmetic Instructions). Division by zero, which the ISA
 * leaves undefined, gives all ones, with the dividend as remainder, as NVIDIA hardware does.
 */
final class IntegerArithmetic {
  private IntegerArithmetic() {}

  @Ptx("add.{u,s}32")
  static int add(int a, int b) {
    return a + b;
  }

  @Ptx("add.{u,s}64")
  static long add(long a, long b) {
    return a + b;
  }

  @Ptx("add.{u,s}16")
  static short add(short a, short b) {
    return (short) (a + b);
  }

  @Ptx("add.sat.s32")
  static int addSaturated(int a, int b) {
    return Math.clamp((long) a + b, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx("sub.{u,s}32")
  static int sub(int a, int b) {
    return a - b;
  }

  @Ptx("sub.{u,s}64")
  static long sub(long a, long b) {
    return a - b;
  }

  @Ptx("sub.{u,s}16")
  static short sub(short a, short b) {
    return (short) (a - b);
  }

  @Ptx("sub.sat.s32")
  static int subSaturated(int a, int b) {
    return Math.clamp((long) a - b, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx("mul.lo.{u,s}32")
  static int mulLow(int a, int b) {
    return a * b;
  }

  @Ptx("mul.lo.{u,s}64")
  static long mulLow(long a, long b) {
    return a * b;
  }

  @Ptx("mul.lo.{u,s}16")
  static short mulLow(short a, short b) {
    return (short) (a * b);
  }

  @Ptx("mul.hi.s32")
  static int mulHigh(int a, int b) {
    return (int) (((long) a * b) >> 32);
  }

  @Ptx("mul.hi.u32")
  static int mulHighUnsigned(int a, int b) {
    return (int) ((Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b)) >>> 32);
  }

  @Ptx("mul.hi.s64")
  static long mulHigh(long a, long b) {
    return Math.multiplyHigh(a, b);
  }

  @Ptx("mul.hi.u64")
  static long mulHighUnsigned(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b);
  }

  @Ptx("mul.hi.s16")
  static short mulHigh(short a, short b) {
    return (short) ((a * b) >> 16);
  }

  @Ptx("mul.hi.u16")
  static char mulHigh(char a, char b) {
    return (char) ((a * b) >>> 16);
  }

  @Ptx("mul.wide.s32")
  static long mulWide(int a, int b) {
    return (long) a * b;
  }

  @Ptx("mul.wide.u32")
  static long mulWideUnsigned(int a, int b) {
    return Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b);
  }

  @Ptx("mul.wide.s16")
  static int mulWide(short a, short b) {
    return a * b;
  }

  @Ptx("mul.wide.u16")
  static int mulWide(char a, char b) {
    return a * b;
  }

  @Ptx("mad.lo.{u,s}32")
  static int madLow(int a, int b, int c) {
    return a * b + c;
  }

  @Ptx("mad.lo.{u,s}64")
  static long madLow(long a, long b, long c) {
    return a * b + c;
  }

  @Ptx("mad.lo.{u,s}16")
  static short madLow(short a, short b, short c) {
    return (short) (a * b + c);
  }

  @Ptx("mad.hi.s32")
  static int madHigh(int a, int b, int c) {
    return mulHigh(a, b) + c;
  }

  @Ptx("mad.hi.u32")
  static int madHighUnsigned(int a, int b, int c) {
    return mulHighUnsigned(a, b) + c;
  }

  @Ptx("mad.hi.s64")
  static long madHigh(long a, long b, long c) {
    return mulHigh(a, b) + c;
  }

  @Ptx("mad.hi.u64")
  static long madHighUnsigned(long a, long b, long c) {
    return mulHighUnsigned(a, b) + c;
  }

  @Ptx("mad.wide.s32")
  static long madWide(int a, int b, long c) {
    return (long) a * b + c;
  }

  @Ptx("mad.wide.u32")
  static long madWideUnsigned(int a, int b, long c) {
    return mulWideUnsigned(a, b) + c;
  }

  @Ptx("mad.wide.s16")
  static int madWide(short a, short b, int c) {
    return a * b + c;
  }

  @Ptx("mad.wide.u16")
  static int madWide(char a, char b, int c) {
    return a * b + c;
  }

  @Ptx("div.s32")
  static int div(int a, int b) {
    return b == 0 ? -1 : a / b;
  }

  @Ptx("div.u32")
  static int divUnsigned(int a, int b) {
    return b == 0 ? -1 : Integer.divideUnsigned(a, b);
  }

  @Ptx("div.s64")
  static long div(long a, long b) {
    return b == 0 ? -1 : a / b;
  }

  @Ptx("div.u64")
  static long divUnsigned(long a, long b) {
    return b == 0 ? -1 : Long.divideUnsigned(a, b);
  }

  @Ptx("div.s16")
  static short div(short a, short b) {
    return (short) (b == 0 ? -1 : a / b);
  }

  @Ptx("div.u16")
  static char div(char a, char b) {
    return (char) (b == 0 ? -1 : a / b);
  }

  @Ptx("rem.s32")
  static int rem(int a, int b) {
    return b == 0 ? a : a % b;
  }

  @Ptx("rem.u32")
  static int remUnsigned(int a, int b) {
    return b == 0 ? a : Integer.remainderUnsigned(a, b);
  }

  @Ptx("rem.s64")
  static long rem(long a, long b) {
    return b == 0 ? a : a % b;
  }

  @Ptx("rem.u64")
  static long remUnsigned(long a, long b) {
    return b == 0 ? a : Long.remainderUnsigned(a, b);
  }

  @Ptx("rem.s16")
  static short rem(short a, short b) {
    return b == 0 ? a : (short) (a % b);
  }

  @Ptx("rem.u16")
  static char rem(char a, char b) {
    return b == 0 ? a : (char) (a % b);
  }
}
