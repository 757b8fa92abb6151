package dev.phoenix.ptx.emulator;

/**
 * Comparisons (section Comparison and Selection Instructions). The methods are annotated with the
 * opcode without the combining operator: {@code setp.lt.and.f32} is {@code setp.lt.f32} and a
 * conjunction.
 */
final class IntegerComparisons {
  private IntegerComparisons() {}

  @Ptx("setp.eq.{b,u,s}16")
  static boolean equal(short a, short b) {
    return a == b;
  }

  @Ptx("setp.eq.{b,u,s}32")
  static boolean equal(int a, int b) {
    return a == b;
  }

  @Ptx("setp.eq.{b,u,s}64")
  static boolean equal(long a, long b) {
    return a == b;
  }

  @Ptx("setp.ne.{b,u,s}16")
  static boolean notEqual(short a, short b) {
    return a != b;
  }

  @Ptx("setp.ne.{b,u,s}32")
  static boolean notEqual(int a, int b) {
    return a != b;
  }

  @Ptx("setp.ne.{b,u,s}64")
  static boolean notEqual(long a, long b) {
    return a != b;
  }

  @Ptx("setp.lt.s16")
  static boolean less(short a, short b) {
    return a < b;
  }

  @Ptx("setp.{lt,lo}.u16")
  static boolean less(char a, char b) {
    return a < b;
  }

  @Ptx("setp.lt.s32")
  static boolean less(int a, int b) {
    return a < b;
  }

  @Ptx("setp.{lt,lo}.u32")
  static boolean lessUnsigned(int a, int b) {
    return Integer.compareUnsigned(a, b) < 0;
  }

  @Ptx("setp.lt.s64")
  static boolean less(long a, long b) {
    return a < b;
  }

  @Ptx("setp.{lt,lo}.u64")
  static boolean lessUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) < 0;
  }

  @Ptx("setp.le.s16")
  static boolean lessOrEqual(short a, short b) {
    return a <= b;
  }

  @Ptx("setp.{le,ls}.u16")
  static boolean lessOrEqual(char a, char b) {
    return a <= b;
  }

  @Ptx("setp.le.s32")
  static boolean lessOrEqual(int a, int b) {
    return a <= b;
  }

  @Ptx("setp.{le,ls}.u32")
  static boolean lessOrEqualUnsigned(int a, int b) {
    return Integer.compareUnsigned(a, b) <= 0;
  }

  @Ptx("setp.le.s64")
  static boolean lessOrEqual(long a, long b) {
    return a <= b;
  }

  @Ptx("setp.{le,ls}.u64")
  static boolean lessOrEqualUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0;
  }

  @Ptx("setp.gt.s16")
  static boolean greater(short a, short b) {
    return a > b;
  }

  @Ptx("setp.{gt,hi}.u16")
  static boolean greater(char a, char b) {
    return a > b;
  }

  @Ptx("setp.gt.s32")
  static boolean greater(int a, int b) {
    return a > b;
  }

  @Ptx("setp.{gt,hi}.u32")
  static boolean greaterUnsigned(int a, int b) {
    return Integer.compareUnsigned(a, b) > 0;
  }

  @Ptx("setp.gt.s64")
  static boolean greater(long a, long b) {
    return a > b;
  }

  @Ptx("setp.{gt,hi}.u64")
  static boolean greaterUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) > 0;
  }

  @Ptx("setp.ge.s16")
  static boolean greaterOrEqual(short a, short b) {
    return a >= b;
  }

  @Ptx("setp.{ge,hs}.u16")
  static boolean greaterOrEqual(char a, char b) {
    return a >= b;
  }

  @Ptx("setp.ge.s32")
  static boolean greaterOrEqual(int a, int b) {
    return a >= b;
  }

  @Ptx("setp.{ge,hs}.u32")
  static boolean greaterOrEqualUnsigned(int a, int b) {
    return Integer.compareUnsigned(a, b) >= 0;
  }

  @Ptx("setp.ge.s64")
  static boolean greaterOrEqual(long a, long b) {
    return a >= b;
  }

  @Ptx("setp.{ge,hs}.u64")
  static boolean greaterOrEqualUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0;
  }
}
