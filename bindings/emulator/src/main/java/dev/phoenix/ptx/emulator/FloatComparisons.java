package dev.phoenix.ptx.emulator;

/**
 * Comparisons of floating-point values. With a NaN operand, ordered comparisons are false and
 * unordered ones ({@code ...u}) are true. Opcodes are given without the combining operator.
 */
final class FloatComparisons {
  private FloatComparisons() {}

  @Ptx(value = "setp.eq.f32", cost = InstructionClass.FLOAT)
  static boolean equal(float a, float b) {
    return a == b;
  }

  @Ptx(value = "setp.eq.f64", cost = InstructionClass.FLOAT)
  static boolean equal(double a, double b) {
    return a == b;
  }

  @Ptx(value = "setp.eq.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean equalFlushed(float a, float b) {
    return equal(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.ne.f32", cost = InstructionClass.FLOAT)
  static boolean notEqual(float a, float b) {
    return a < b || a > b;
  }

  @Ptx(value = "setp.ne.f64", cost = InstructionClass.FLOAT)
  static boolean notEqual(double a, double b) {
    return a < b || a > b;
  }

  @Ptx(value = "setp.ne.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean notEqualFlushed(float a, float b) {
    return notEqual(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.lt.f32", cost = InstructionClass.FLOAT)
  static boolean less(float a, float b) {
    return a < b;
  }

  @Ptx(value = "setp.lt.f64", cost = InstructionClass.FLOAT)
  static boolean less(double a, double b) {
    return a < b;
  }

  @Ptx(value = "setp.lt.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean lessFlushed(float a, float b) {
    return less(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.le.f32", cost = InstructionClass.FLOAT)
  static boolean lessOrEqual(float a, float b) {
    return a <= b;
  }

  @Ptx(value = "setp.le.f64", cost = InstructionClass.FLOAT)
  static boolean lessOrEqual(double a, double b) {
    return a <= b;
  }

  @Ptx(value = "setp.le.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualFlushed(float a, float b) {
    return lessOrEqual(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.gt.f32", cost = InstructionClass.FLOAT)
  static boolean greater(float a, float b) {
    return a > b;
  }

  @Ptx(value = "setp.gt.f64", cost = InstructionClass.FLOAT)
  static boolean greater(double a, double b) {
    return a > b;
  }

  @Ptx(value = "setp.gt.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean greaterFlushed(float a, float b) {
    return greater(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.ge.f32", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqual(float a, float b) {
    return a >= b;
  }

  @Ptx(value = "setp.ge.f64", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqual(double a, double b) {
    return a >= b;
  }

  @Ptx(value = "setp.ge.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualFlushed(float a, float b) {
    return greaterOrEqual(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.equ.f32", cost = InstructionClass.FLOAT)
  static boolean equalOrNan(float a, float b) {
    return !(a < b || a > b);
  }

  @Ptx(value = "setp.equ.f64", cost = InstructionClass.FLOAT)
  static boolean equalOrNan(double a, double b) {
    return !(a < b || a > b);
  }

  @Ptx(value = "setp.equ.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean equalOrNanFlushed(float a, float b) {
    return equalOrNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.neu.f32", cost = InstructionClass.FLOAT)
  static boolean notEqualOrNan(float a, float b) {
    return a != b;
  }

  @Ptx(value = "setp.neu.f64", cost = InstructionClass.FLOAT)
  static boolean notEqualOrNan(double a, double b) {
    return a != b;
  }

  @Ptx(value = "setp.neu.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean notEqualOrNanFlushed(float a, float b) {
    return notEqualOrNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.ltu.f32", cost = InstructionClass.FLOAT)
  static boolean lessOrNan(float a, float b) {
    return !(a >= b);
  }

  @Ptx(value = "setp.ltu.f64", cost = InstructionClass.FLOAT)
  static boolean lessOrNan(double a, double b) {
    return !(a >= b);
  }

  @Ptx(value = "setp.ltu.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean lessOrNanFlushed(float a, float b) {
    return lessOrNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.leu.f32", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualOrNan(float a, float b) {
    return !(a > b);
  }

  @Ptx(value = "setp.leu.f64", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualOrNan(double a, double b) {
    return !(a > b);
  }

  @Ptx(value = "setp.leu.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualOrNanFlushed(float a, float b) {
    return lessOrEqualOrNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.gtu.f32", cost = InstructionClass.FLOAT)
  static boolean greaterOrNan(float a, float b) {
    return !(a <= b);
  }

  @Ptx(value = "setp.gtu.f64", cost = InstructionClass.FLOAT)
  static boolean greaterOrNan(double a, double b) {
    return !(a <= b);
  }

  @Ptx(value = "setp.gtu.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean greaterOrNanFlushed(float a, float b) {
    return greaterOrNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.geu.f32", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualOrNan(float a, float b) {
    return !(a < b);
  }

  @Ptx(value = "setp.geu.f64", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualOrNan(double a, double b) {
    return !(a < b);
  }

  @Ptx(value = "setp.geu.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualOrNanFlushed(float a, float b) {
    return greaterOrEqualOrNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.num.f32", cost = InstructionClass.FLOAT)
  static boolean bothNumbers(float a, float b) {
    return !Double.isNaN(a) && !Double.isNaN(b);
  }

  @Ptx(value = "setp.num.f64", cost = InstructionClass.FLOAT)
  static boolean bothNumbers(double a, double b) {
    return !Double.isNaN(a) && !Double.isNaN(b);
  }

  @Ptx(value = "setp.num.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean bothNumbersFlushed(float a, float b) {
    return bothNumbers(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }

  @Ptx(value = "setp.nan.f32", cost = InstructionClass.FLOAT)
  static boolean anyNan(float a, float b) {
    return Double.isNaN(a) || Double.isNaN(b);
  }

  @Ptx(value = "setp.nan.f64", cost = InstructionClass.FLOAT)
  static boolean anyNan(double a, double b) {
    return Double.isNaN(a) || Double.isNaN(b);
  }

  @Ptx(value = "setp.nan.ftz.f32", cost = InstructionClass.FLOAT)
  static boolean anyNanFlushed(float a, float b) {
    return anyNan(FloatArithmetic.flush(a), FloatArithmetic.flush(b));
  }
}
