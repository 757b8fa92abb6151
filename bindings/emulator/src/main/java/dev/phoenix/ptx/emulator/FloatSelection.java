package dev.phoenix.ptx.emulator;

/** Sign, minimum, maximum and tests of single and double precision. */
final class FloatSelection {
  private static final float NAN = Float.intBitsToFloat(0x7fffffff);

  private FloatSelection() {}

  @Ptx(value = "abs.f32", cost = InstructionClass.FLOAT)
  static int abs(int bits) {
    return bits & 0x7fffffff;
  }

  @Ptx(value = "abs.ftz.f32", cost = InstructionClass.FLOAT)
  static float absFlushed(float a) {
    return FloatArithmetic.flush(Math.abs(a));
  }

  @Ptx(value = "neg.f32", cost = InstructionClass.FLOAT)
  static int neg(int bits) {
    return bits ^ 0x80000000;
  }

  @Ptx(value = "neg.ftz.f32", cost = InstructionClass.FLOAT)
  static float negFlushed(float a) {
    return FloatArithmetic.flush(-a);
  }

  @Ptx(value = "copysign.f32", cost = InstructionClass.FLOAT)
  static int copySign(int sign, int magnitude) {
    return (sign & 0x80000000) | (magnitude & 0x7fffffff);
  }

  @Ptx(value = "abs.f64", cost = InstructionClass.FLOAT)
  static long abs(long bits) {
    return bits & Long.MAX_VALUE;
  }

  @Ptx(value = "neg.f64", cost = InstructionClass.FLOAT)
  static long neg(long bits) {
    return bits ^ Long.MIN_VALUE;
  }

  @Ptx(value = "copysign.f64", cost = InstructionClass.FLOAT)
  static long copySign(long sign, long magnitude) {
    return (sign & Long.MIN_VALUE) | (magnitude & Long.MAX_VALUE);
  }

  // A NaN loses against a number; -0 is less than +0.

  @Ptx(value = "min.f32", cost = InstructionClass.FLOAT)
  static float min(float a, float b) {
    if (Double.isNaN(a)) {
      return Double.isNaN(b) ? NAN : b;
    }
    return Double.isNaN(b) ? a : Math.min(a, b);
  }

  @Ptx(value = "min.ftz.f32", cost = InstructionClass.FLOAT)
  static float minFlushed(float a, float b) {
    return FloatArithmetic.flush(min(a, b));
  }

  @Ptx(value = "max.f32", cost = InstructionClass.FLOAT)
  static float max(float a, float b) {
    if (Double.isNaN(a)) {
      return Double.isNaN(b) ? NAN : b;
    }
    return Double.isNaN(b) ? a : Math.max(a, b);
  }

  @Ptx(value = "max.ftz.f32", cost = InstructionClass.FLOAT)
  static float maxFlushed(float a, float b) {
    return FloatArithmetic.flush(max(a, b));
  }

  @Ptx(value = "min.NaN.f32", cost = InstructionClass.FLOAT)
  static float minOrNan(float a, float b) {
    return Double.isNaN(a) || Double.isNaN(b) ? NAN : Math.min(a, b);
  }

  @Ptx(value = "max.NaN.f32", cost = InstructionClass.FLOAT)
  static float maxOrNan(float a, float b) {
    return Double.isNaN(a) || Double.isNaN(b) ? NAN : Math.max(a, b);
  }

  @Ptx(value = "min.ftz.NaN.f32", cost = InstructionClass.FLOAT)
  static float minOrNanFlushed(float a, float b) {
    return FloatArithmetic.flush(minOrNan(a, b));
  }

  @Ptx(value = "max.ftz.NaN.f32", cost = InstructionClass.FLOAT)
  static float maxOrNanFlushed(float a, float b) {
    return FloatArithmetic.flush(maxOrNan(a, b));
  }

  @Ptx(value = "min.f64", cost = InstructionClass.FLOAT)
  static double min(double a, double b) {
    if (Double.isNaN(a)) {
      return b;
    }
    return Double.isNaN(b) ? a : Math.min(a, b);
  }

  @Ptx(value = "max.f64", cost = InstructionClass.FLOAT)
  static double max(double a, double b) {
    if (Double.isNaN(a)) {
      return b;
    }
    return Double.isNaN(b) ? a : Math.max(a, b);
  }

  @Ptx(value = "testp.finite.f32", cost = InstructionClass.FLOAT)
  static boolean isFinite(float a) {
    return Float.isFinite(a);
  }

  @Ptx(value = "testp.infinite.f32", cost = InstructionClass.FLOAT)
  static boolean isInfinite(float a) {
    return Float.isInfinite(a);
  }

  @Ptx(value = "testp.notanumber.f32", cost = InstructionClass.FLOAT)
  static boolean isNan(float a) {
    return Double.isNaN(a);
  }

  @Ptx(value = "testp.number.f32", cost = InstructionClass.FLOAT)
  static boolean isNumber(float a) {
    return !Double.isNaN(a);
  }

  @Ptx(value = "testp.normal.f32", cost = InstructionClass.FLOAT)
  static boolean isNormal(float a) {
    return Float.isFinite(a) && Math.abs(a) >= Float.MIN_NORMAL;
  }

  @Ptx(value = "testp.subnormal.f32", cost = InstructionClass.FLOAT)
  static boolean isSubnormal(float a) {
    return a != 0 && Math.abs(a) < Float.MIN_NORMAL;
  }

  @Ptx(value = "testp.finite.f64", cost = InstructionClass.FLOAT)
  static boolean isFinite(double a) {
    return Double.isFinite(a);
  }

  @Ptx(value = "testp.infinite.f64", cost = InstructionClass.FLOAT)
  static boolean isInfinite(double a) {
    return Double.isInfinite(a);
  }

  @Ptx(value = "testp.notanumber.f64", cost = InstructionClass.FLOAT)
  static boolean isNan(double a) {
    return Double.isNaN(a);
  }

  @Ptx(value = "testp.number.f64", cost = InstructionClass.FLOAT)
  static boolean isNumber(double a) {
    return !Double.isNaN(a);
  }
}
