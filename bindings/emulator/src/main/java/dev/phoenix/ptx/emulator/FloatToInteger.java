package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.emulator.FloatFormat.Mode;

/**
 * Conversions from floating point to integers: rounded, then saturated to the destination's range.
 * NaN becomes 0, or, where source or destination has 64 bits, the destination's highest bit alone.
 */
final class FloatToInteger {
  private static final double TWO_63 = 0x1p63;

  private FloatToInteger() {}

  private static long limit(double value, Mode mode, long least, long most) {
    return Math.clamp((long) FloatFormat.toInteger(value, mode), least, most);
  }

  private static long unsigned64(double value, Mode mode) {
    double rounded = FloatFormat.toInteger(value, mode);
    if (Double.isNaN(value)) {
      return Long.MIN_VALUE;
    }
    if (rounded <= 0) {
      return 0;
    }
    if (rounded >= 2 * TWO_63) {
      return -1;
    }
    return rounded >= TWO_63 ? (long) (rounded - TWO_63) + Long.MIN_VALUE : (long) rounded;
  }

  private static long signed64(double value, Mode mode) {
    return Double.isNaN(value) ? Long.MIN_VALUE : (long) FloatFormat.toInteger(value, mode);
  }

  @Ptx(value = "cvt.rni{,.ftz}{,.sat}.s32.f32", cost = InstructionClass.CONVERT)
  static int signed32Nearest(float a) {
    return (int) limit(a, Mode.RN, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rni{,.ftz}{,.sat}.u32.f32", cost = InstructionClass.CONVERT)
  static int unsigned32Nearest(float a) {
    return (int) limit(a, Mode.RN, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rni{,.ftz}{,.sat}.s64.f32", cost = InstructionClass.CONVERT)
  static long signed64Nearest(float a) {
    return signed64(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni{,.ftz}{,.sat}.u64.f32", cost = InstructionClass.CONVERT)
  static long unsigned64Nearest(float a) {
    return unsigned64(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni{,.sat}.s32.f64", cost = InstructionClass.CONVERT)
  static int signed32Nearest(double a) {
    return Double.isNaN(a)
        ? Integer.MIN_VALUE
        : (int) limit(a, Mode.RN, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rni{,.sat}.u32.f64", cost = InstructionClass.CONVERT)
  static int unsigned32Nearest(double a) {
    return Double.isNaN(a) ? Integer.MIN_VALUE : (int) limit(a, Mode.RN, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rni{,.sat}.s64.f64", cost = InstructionClass.CONVERT)
  static long signed64Nearest(double a) {
    return signed64(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni{,.sat}.u64.f64", cost = InstructionClass.CONVERT)
  static long unsigned64Nearest(double a) {
    return unsigned64(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni{,.ftz}{,.sat}.s16.f32", cost = InstructionClass.CONVERT)
  static short signed16Nearest(float a) {
    return (short) limit(a, Mode.RN, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Ptx(value = "cvt.rni{,.ftz}{,.sat}.u16.f32", cost = InstructionClass.CONVERT)
  static char unsigned16Nearest(float a) {
    return (char) limit(a, Mode.RN, 0, 0xffff);
  }

  @Ptx(value = "cvt.rzi{,.ftz}{,.sat}.s32.f32", cost = InstructionClass.CONVERT)
  static int signed32ToZero(float a) {
    return (int) limit(a, Mode.RZ, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rzi{,.ftz}{,.sat}.u32.f32", cost = InstructionClass.CONVERT)
  static int unsigned32ToZero(float a) {
    return (int) limit(a, Mode.RZ, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rzi{,.ftz}{,.sat}.s64.f32", cost = InstructionClass.CONVERT)
  static long signed64ToZero(float a) {
    return signed64(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rzi{,.ftz}{,.sat}.u64.f32", cost = InstructionClass.CONVERT)
  static long unsigned64ToZero(float a) {
    return unsigned64(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rzi{,.sat}.s32.f64", cost = InstructionClass.CONVERT)
  static int signed32ToZero(double a) {
    return Double.isNaN(a)
        ? Integer.MIN_VALUE
        : (int) limit(a, Mode.RZ, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rzi{,.sat}.u32.f64", cost = InstructionClass.CONVERT)
  static int unsigned32ToZero(double a) {
    return Double.isNaN(a) ? Integer.MIN_VALUE : (int) limit(a, Mode.RZ, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rzi{,.sat}.s64.f64", cost = InstructionClass.CONVERT)
  static long signed64ToZero(double a) {
    return signed64(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rzi{,.sat}.u64.f64", cost = InstructionClass.CONVERT)
  static long unsigned64ToZero(double a) {
    return unsigned64(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rzi{,.ftz}{,.sat}.s16.f32", cost = InstructionClass.CONVERT)
  static short signed16ToZero(float a) {
    return (short) limit(a, Mode.RZ, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Ptx(value = "cvt.rzi{,.ftz}{,.sat}.u16.f32", cost = InstructionClass.CONVERT)
  static char unsigned16ToZero(float a) {
    return (char) limit(a, Mode.RZ, 0, 0xffff);
  }

  @Ptx(value = "cvt.rmi{,.sat}.s32.f32", cost = InstructionClass.CONVERT)
  static int signed32Down(float a) {
    return (int) limit(a, Mode.RM, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rmi{,.sat}.u32.f32", cost = InstructionClass.CONVERT)
  static int unsigned32Down(float a) {
    return (int) limit(a, Mode.RM, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rmi{,.sat}.s64.f32", cost = InstructionClass.CONVERT)
  static long signed64Down(float a) {
    return signed64(a, Mode.RM);
  }

  @Ptx(value = "cvt.rmi{,.sat}.u64.f32", cost = InstructionClass.CONVERT)
  static long unsigned64Down(float a) {
    return unsigned64(a, Mode.RM);
  }

  @Ptx(value = "cvt.rmi{,.sat}.s32.f64", cost = InstructionClass.CONVERT)
  static int signed32Down(double a) {
    return Double.isNaN(a)
        ? Integer.MIN_VALUE
        : (int) limit(a, Mode.RM, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rmi{,.sat}.u32.f64", cost = InstructionClass.CONVERT)
  static int unsigned32Down(double a) {
    return Double.isNaN(a) ? Integer.MIN_VALUE : (int) limit(a, Mode.RM, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rmi{,.sat}.s64.f64", cost = InstructionClass.CONVERT)
  static long signed64Down(double a) {
    return signed64(a, Mode.RM);
  }

  @Ptx(value = "cvt.rmi{,.sat}.u64.f64", cost = InstructionClass.CONVERT)
  static long unsigned64Down(double a) {
    return unsigned64(a, Mode.RM);
  }

  @Ptx(value = "cvt.rmi{,.sat}.s16.f32", cost = InstructionClass.CONVERT)
  static short signed16Down(float a) {
    return (short) limit(a, Mode.RM, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Ptx(value = "cvt.rmi{,.sat}.u16.f32", cost = InstructionClass.CONVERT)
  static char unsigned16Down(float a) {
    return (char) limit(a, Mode.RM, 0, 0xffff);
  }

  @Ptx(value = "cvt.rpi{,.sat}.s32.f32", cost = InstructionClass.CONVERT)
  static int signed32Up(float a) {
    return (int) limit(a, Mode.RP, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rpi{,.sat}.u32.f32", cost = InstructionClass.CONVERT)
  static int unsigned32Up(float a) {
    return (int) limit(a, Mode.RP, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rpi{,.sat}.s64.f32", cost = InstructionClass.CONVERT)
  static long signed64Up(float a) {
    return signed64(a, Mode.RP);
  }

  @Ptx(value = "cvt.rpi{,.sat}.u64.f32", cost = InstructionClass.CONVERT)
  static long unsigned64Up(float a) {
    return unsigned64(a, Mode.RP);
  }

  @Ptx(value = "cvt.rpi{,.sat}.s32.f64", cost = InstructionClass.CONVERT)
  static int signed32Up(double a) {
    return Double.isNaN(a)
        ? Integer.MIN_VALUE
        : (int) limit(a, Mode.RP, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Ptx(value = "cvt.rpi{,.sat}.u32.f64", cost = InstructionClass.CONVERT)
  static int unsigned32Up(double a) {
    return Double.isNaN(a) ? Integer.MIN_VALUE : (int) limit(a, Mode.RP, 0, 0xffffffffL);
  }

  @Ptx(value = "cvt.rpi{,.sat}.s64.f64", cost = InstructionClass.CONVERT)
  static long signed64Up(double a) {
    return signed64(a, Mode.RP);
  }

  @Ptx(value = "cvt.rpi{,.sat}.u64.f64", cost = InstructionClass.CONVERT)
  static long unsigned64Up(double a) {
    return unsigned64(a, Mode.RP);
  }

  @Ptx(value = "cvt.rpi{,.sat}.s16.f32", cost = InstructionClass.CONVERT)
  static short signed16Up(float a) {
    return (short) limit(a, Mode.RP, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Ptx(value = "cvt.rpi{,.sat}.u16.f32", cost = InstructionClass.CONVERT)
  static char unsigned16Up(float a) {
    return (char) limit(a, Mode.RP, 0, 0xffff);
  }
}
