package dev.phoenix.ptx.emulator;

/**
 * A binary floating-point format narrower than binary64, and exact rounding to it.
 *
 * <p>Sums and products that don't fit a double exactly are first rounded to odd, which makes the
 * second rounding correct (Boldo and Melquiond, 2008).
 */
enum FloatFormat {
  /** IEEE binary32. */
  F32(24, -126, 127),
  /** NVIDIA's 19-bit format in 32 bits. */
  TF32(11, -126, 127),
  /** bfloat16. */
  BF16(8, -126, 127),
  /** IEEE binary16. */
  F16(11, -14, 15);

  /** A rounding mode of the ISA. */
  enum Mode {
    /** To nearest, ties to even. */
    RN,
    /** To nearest, ties away from zero. */
    RNA,
    /** Towards zero. */
    RZ,
    /** Towards minus infinity. */
    RM,
    /** Towards plus infinity. */
    RP
  }

  private final int precision;
  private final int minimumExponent;
  private final double maximum;

  FloatFormat(int precision, int minimumExponent, int maximumExponent) {
    this.precision = precision;
    this.minimumExponent = minimumExponent;
    this.maximum = Math.scalb(2.0 - Math.scalb(1.0, 1 - precision), maximumExponent);
  }

  /** Rounds a value to this format; NaN stays NaN. */
  double round(double value, Mode mode) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    int unit = Math.max(Math.getExponent(value), minimumExponent) - (precision - 1);
    double rounded = Math.scalb(toInteger(Math.scalb(value, -unit), mode), unit);
    return Math.abs(rounded) > maximum ? overflow(rounded, mode) : rounded;
  }

  /** Rounds a value to an integral value. */
  static double toInteger(double value, Mode mode) {
    return switch (mode) {
      case RN -> Math.rint(value);
      case RNA -> Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
      case RZ -> value < 0 ? Math.ceil(value) : Math.floor(value);
      case RM -> Math.floor(value);
      case RP -> Math.ceil(value);
    };
  }

  private double overflow(double value, Mode mode) {
    boolean toInfinity =
        switch (mode) {
          case RN, RNA -> true;
          case RZ -> false;
          case RM -> value < 0;
          case RP -> value > 0;
        };
    return Math.copySign(toInfinity ? Double.POSITIVE_INFINITY : maximum, value);
  }

  /** a + b, rounded to odd where a double can't hold it. */
  static double sumToOdd(double a, double b) {
    double sum = a + b;
    double part = sum - a;
    return toOdd(sum, (a - (sum - part)) + (b - part));
  }

  /** a / b, rounded to odd. */
  static double quotientToOdd(double a, double b) {
    double quotient = a / b;
    double rest = Math.fma(-quotient, b, a);
    return toOdd(quotient, b < 0 ? -rest : rest);
  }

  /** The square root of a, rounded to odd. */
  static double rootToOdd(double a) {
    double root = Math.sqrt(a);
    return toOdd(root, Math.fma(-root, root, a));
  }

  private static double toOdd(double nearest, double error) {
    boolean exact = error == 0 || Double.isNaN(error) || Double.isInfinite(nearest);
    if (exact || (Double.doubleToRawLongBits(nearest) & 1) != 0) {
      return nearest;
    }
    return error > 0 ? Math.nextUp(nearest) : Math.nextDown(nearest);
  }
}
