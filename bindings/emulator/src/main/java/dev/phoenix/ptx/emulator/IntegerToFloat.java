package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.emulator.FloatFormat.Mode;

/** Conversions from integers to floating point, correctly rounded. */
final class IntegerToFloat {
  private IntegerToFloat() {}

  /** A long as a double rounded to odd, so that rounding it again is correct. */
  private static double odd(long value) {
    double high = (double) (value & 0xffffffff00000000L);
    return FloatFormat.sumToOdd(high, (double) (value & 0xffffffffL));
  }

  private static double oddUnsigned(long value) {
    double high = (double) (value >>> 32) * 0x1p32;
    return FloatFormat.sumToOdd(high, (double) (value & 0xffffffffL));
  }

  private static float rounded(double value, Mode mode) {
    return (float) FloatFormat.F32.round(value, mode);
  }

  @Ptx(value = "cvt.rn.f32.s32", cost = InstructionClass.CONVERT)
  static float nearest(int a) {
    return a;
  }

  @Ptx(value = "cvt.rn.f32.u32", cost = InstructionClass.CONVERT)
  static float nearestUnsigned(int a) {
    return Integer.toUnsignedLong(a);
  }

  @Ptx(value = "cvt.rn.f32.s16", cost = InstructionClass.CONVERT)
  static float nearest(short a) {
    return a;
  }

  @Ptx(value = "cvt.rn.f32.u16", cost = InstructionClass.CONVERT)
  static float nearest(char a) {
    return a;
  }

  @Ptx(value = "cvt.rn.f32.s8", cost = InstructionClass.CONVERT)
  static float nearestByte(int a) {
    return (byte) a;
  }

  @Ptx(value = "cvt.rn.f32.u8", cost = InstructionClass.CONVERT)
  static float nearestUnsignedByte(int a) {
    return a & 0xff;
  }

  @Ptx(value = "cvt.rn.f64.s32", cost = InstructionClass.CONVERT)
  static double exact(int a) {
    return a;
  }

  @Ptx(value = "cvt.rn.f64.u32", cost = InstructionClass.CONVERT)
  static double exactUnsigned(int a) {
    return Integer.toUnsignedLong(a);
  }

  @Ptx(value = "cvt.rn.f64.s64", cost = InstructionClass.CONVERT)
  static double nearestDouble(long a) {
    return a;
  }

  @Ptx(value = "cvt.rn.f64.u64", cost = InstructionClass.CONVERT)
  static double nearestDoubleUnsigned(long a) {
    return (double) (a >>> 32) * 0x1p32 + (double) (a & 0xffffffffL);
  }

  @Ptx(value = "cvt.rn.f16.s32", cost = InstructionClass.CONVERT)
  static char nearestHalf(int a) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(a, Mode.RN));
  }

  @Ptx(value = "cvt.rn.f16.u32", cost = InstructionClass.CONVERT)
  static char nearestHalfUnsigned(int a) {
    return HalfArithmetic.f16(
        (float) FloatFormat.F16.round((double) Integer.toUnsignedLong(a), Mode.RN));
  }

  @Ptx(value = "cvt.rn.f16.s16", cost = InstructionClass.CONVERT)
  static char nearestHalf(short a) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(a, Mode.RN));
  }

  @Ptx(value = "cvt.rn.f16.u16", cost = InstructionClass.CONVERT)
  static char nearestHalf(char a) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(a, Mode.RN));
  }

  @Ptx(value = "cvt.rn.f16.s64", cost = InstructionClass.CONVERT)
  static char nearestHalf(long a) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(odd(a), Mode.RN));
  }

  @Ptx(value = "cvt.rn.f16.u64", cost = InstructionClass.CONVERT)
  static char nearestHalfUnsigned(long a) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(oddUnsigned(a), Mode.RN));
  }

  @Ptx(value = "cvt.rn.bf16.s32", cost = InstructionClass.CONVERT)
  static char nearestBrain(int a) {
    return HalfArithmetic.bf16((float) FloatFormat.BF16.round(a, Mode.RN));
  }

  @Ptx(value = "cvt.rn.bf16.u32", cost = InstructionClass.CONVERT)
  static char nearestBrainUnsigned(int a) {
    return HalfArithmetic.bf16(
        (float) FloatFormat.BF16.round((double) Integer.toUnsignedLong(a), Mode.RN));
  }

  @Ptx(value = "cvt.rn.bf16.s16", cost = InstructionClass.CONVERT)
  static char nearestBrain(short a) {
    return HalfArithmetic.bf16((float) FloatFormat.BF16.round(a, Mode.RN));
  }

  @Ptx(value = "cvt.rn.bf16.u16", cost = InstructionClass.CONVERT)
  static char nearestBrain(char a) {
    return HalfArithmetic.bf16((float) FloatFormat.BF16.round(a, Mode.RN));
  }

  @Ptx(value = "cvt.rn.bf16.s64", cost = InstructionClass.CONVERT)
  static char nearestBrain(long a) {
    return HalfArithmetic.bf16((float) FloatFormat.BF16.round(odd(a), Mode.RN));
  }

  @Ptx(value = "cvt.rn.bf16.u64", cost = InstructionClass.CONVERT)
  static char nearestBrainUnsigned(long a) {
    return HalfArithmetic.bf16((float) FloatFormat.BF16.round(oddUnsigned(a), Mode.RN));
  }

  @Ptx(value = "cvt.rn.f32.s64", cost = InstructionClass.CONVERT)
  static float roundedNearest(long a) {
    return rounded(odd(a), Mode.RN);
  }

  @Ptx(value = "cvt.rn.f32.u64", cost = InstructionClass.CONVERT)
  static float roundedNearestUnsigned(long a) {
    return rounded(oddUnsigned(a), Mode.RN);
  }

  @Ptx(value = "cvt.rz.f32.s32", cost = InstructionClass.CONVERT)
  static float roundedToZero(int a) {
    return rounded(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rz.f32.u32", cost = InstructionClass.CONVERT)
  static float roundedToZeroUnsigned(int a) {
    return rounded((double) Integer.toUnsignedLong(a), Mode.RZ);
  }

  @Ptx(value = "cvt.rz.f32.s64", cost = InstructionClass.CONVERT)
  static float roundedToZero(long a) {
    return rounded(odd(a), Mode.RZ);
  }

  @Ptx(value = "cvt.rz.f32.u64", cost = InstructionClass.CONVERT)
  static float roundedToZeroUnsigned(long a) {
    return rounded(oddUnsigned(a), Mode.RZ);
  }

  @Ptx(value = "cvt.rm.f32.s32", cost = InstructionClass.CONVERT)
  static float roundedDown(int a) {
    return rounded(a, Mode.RM);
  }

  @Ptx(value = "cvt.rm.f32.u32", cost = InstructionClass.CONVERT)
  static float roundedDownUnsigned(int a) {
    return rounded((double) Integer.toUnsignedLong(a), Mode.RM);
  }

  @Ptx(value = "cvt.rm.f32.s64", cost = InstructionClass.CONVERT)
  static float roundedDown(long a) {
    return rounded(odd(a), Mode.RM);
  }

  @Ptx(value = "cvt.rm.f32.u64", cost = InstructionClass.CONVERT)
  static float roundedDownUnsigned(long a) {
    return rounded(oddUnsigned(a), Mode.RM);
  }

  @Ptx(value = "cvt.rp.f32.s32", cost = InstructionClass.CONVERT)
  static float roundedUp(int a) {
    return rounded(a, Mode.RP);
  }

  @Ptx(value = "cvt.rp.f32.u32", cost = InstructionClass.CONVERT)
  static float roundedUpUnsigned(int a) {
    return rounded((double) Integer.toUnsignedLong(a), Mode.RP);
  }

  @Ptx(value = "cvt.rp.f32.s64", cost = InstructionClass.CONVERT)
  static float roundedUp(long a) {
    return rounded(odd(a), Mode.RP);
  }

  @Ptx(value = "cvt.rp.f32.u64", cost = InstructionClass.CONVERT)
  static float roundedUpUnsigned(long a) {
    return rounded(oddUnsigned(a), Mode.RP);
  }
}
