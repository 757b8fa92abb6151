package dev.phoenix.kernels.check;

/**
 * The allowed difference from expected values: {@code absolute + relative * |expected|} for each
 * element, and {@code length} for the relative L2 error. NaN equals only NaN, infinity only the
 * same infinity.
 *
 * @param absolute absolute error of an element
 * @param relative relative error of an element
 * @param length relative L2 error of all elements
 */
public record Tolerance(double absolute, double relative, double length)
    implements Output.Allowance {
  /** No difference at all. */
  public static final Tolerance EXACT = new Tolerance(0, 0);

  /**
   * A float32 computation rounded to bfloat16 once. The bound is 2 % larger than the rounding
   * error, for float32 errors that change the direction of the rounding.
   */
  public static final Tolerance ONE_ROUNDING = new Tolerance(1e-6, 1.02 * Bfloat16.EPSILON);

  /** A float32 computation with approximate exponentials and reciprocals (2^-22 each). */
  public static final Tolerance FLOAT32 = new Tolerance(1e-6, 1e-5);

  /** A tolerance without a bound for the L2 error. */
  public Tolerance(double absolute, double relative) {
    this(absolute, relative, Double.POSITIVE_INFINITY);
  }

  /** A copy with a larger absolute error of an element. */
  public Tolerance plus(double moreAbsolute) {
    return new Tolerance(absolute + moreAbsolute, relative, length);
  }

  /** A copy with a bound for the relative L2 error. */
  public Tolerance withLength(double relativeLength) {
    return new Tolerance(absolute, relative, relativeLength);
  }

  @Override
  public Tolerance of(double[] expected) {
    return this;
  }

  /** The allowed difference of an element from {@code expected}. */
  double at(double expected) {
    return absolute + relative * Math.abs(expected);
  }
}
