package dev.phoenix.kernels.check;

/**
 * How far a result may lie from what is expected: each element {@code absolute + relative *
 * |expected|}, and all together {@code length}. NaN meets NaN only, infinity the same infinity
 * only.
 *
 * @param absolute of an element
 * @param relative of an element
 * @param length of the whole difference, relative to the length of what is expected
 */
public record Tolerance(double absolute, double relative, double length)
    implements Output.Allowance {
  /** No difference at all. */
  public static final Tolerance EXACT = new Tolerance(0, 0);

  /**
   * A float32 computation rounded to bfloat16 once: the rounding, and two hundredths of it for the
   * float32 error that may push a value over the edge between two bfloat16 neighbours.
   */
  public static final Tolerance ONE_ROUNDING = new Tolerance(1e-6, 1.02 * Bfloat16.EPSILON);

  /** A float32 computation with approximate exponentials and reciprocals (2^-22 each). */
  public static final Tolerance FLOAT32 = new Tolerance(1e-6, 1e-5);

  /** Of elements only. */
  public Tolerance(double absolute, double relative) {
    this(absolute, relative, Double.POSITIVE_INFINITY);
  }

  /** The same with more room for every element. */
  public Tolerance plus(double moreAbsolute) {
    return new Tolerance(absolute + moreAbsolute, relative, length);
  }

  /** The same with a bound for the whole difference. */
  public Tolerance withLength(double relativeLength) {
    return new Tolerance(absolute, relative, relativeLength);
  }

  @Override
  public Tolerance of(double[] expected) {
    return this;
  }

  /** How far an element may lie from {@code expected}. */
  double at(double expected) {
    return absolute + relative * Math.abs(expected);
  }
}
