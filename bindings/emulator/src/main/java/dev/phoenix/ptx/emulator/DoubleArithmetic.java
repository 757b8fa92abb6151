package dev.phoenix.ptx.emulator;

/**
 * Double-precision arithmetic: correctly rounded to nearest; subnormals are kept.
 *
 * <p>{@code rcp.approx.ftz.f64} and {@code rsqrt.approx.ftz.f64} deliver, as documented, only the
 * upper 32 bits of the result; here those are of the correctly rounded one.
 */
final class DoubleArithmetic {
  private DoubleArithmetic() {}

  @Ptx(value = "add{,.rn}.f64", cost = InstructionClass.FLOAT)
  static double add(double a, double b) {
    return a + b;
  }

  @Ptx(value = "sub{,.rn}.f64", cost = InstructionClass.FLOAT)
  static double sub(double a, double b) {
    return a - b;
  }

  @Ptx(value = "mul{,.rn}.f64", cost = InstructionClass.FLOAT)
  static double mul(double a, double b) {
    return a * b;
  }

  @Ptx(value = "{fma,mad}.rn.f64", cost = InstructionClass.FMA)
  static double fma(double a, double b, double c) {
    return Math.fma(a, b, c);
  }

  @Ptx(value = "div.rn.f64", cost = InstructionClass.FLOAT)
  static double div(double a, double b) {
    return a / b;
  }

  @Ptx(value = "rcp.rn.f64", cost = InstructionClass.SPECIAL)
  static double reciprocal(double a) {
    return 1 / a;
  }

  @Ptx(value = "sqrt.rn.f64", cost = InstructionClass.SPECIAL)
  static double root(double a) {
    return Math.sqrt(a);
  }

  @Ptx(value = "rcp.approx.ftz.f64", cost = InstructionClass.SPECIAL)
  static double reciprocalApproximate(double a) {
    return upperHalf(1 / flush(a));
  }

  @Ptx(value = "rsqrt.approx.ftz.f64", cost = InstructionClass.SPECIAL)
  static double reciprocalRootApproximate(double a) {
    return upperHalf(1 / Math.sqrt(flush(a)));
  }

  @Ptx(value = "rsqrt.approx.f64", cost = InstructionClass.SPECIAL)
  static double reciprocalRoot(double a) {
    return 1 / Math.sqrt(a);
  }

  private static double flush(double a) {
    return Math.abs(a) < Double.MIN_NORMAL ? Math.copySign(0, a) : a;
  }

  private static double upperHalf(double a) {
    double cut = Double.longBitsToDouble(Double.doubleToRawLongBits(a) & 0xffffffff00000000L);
    return Double.isNaN(a) ? a : flush(cut);
  }
}
