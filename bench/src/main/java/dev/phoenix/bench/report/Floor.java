package dev.phoenix.bench.report;

/**
 * The lower bound of the time of work on a device.
 *
 * @param seconds the largest of the times of its bytes, products and functions at the device's
 *     rates
 * @param bound the kind of work with the largest time
 */
public record Floor(double seconds, Bound bound) {
  /** The limiting kind of work. */
  public enum Bound {
    /** Bytes read and written. */
    MEMORY,
    /** Products on the tensor cores. */
    TENSOR,
    /** Special functions: exponentials, hyperbolic tangents. */
    SPECIAL,
    /** Float32 arithmetic. */
    ARITHMETIC
  }

  /** The higher one of two floors. */
  Floor orHigher(Floor other) {
    return other.seconds > seconds ? other : this;
  }
}
