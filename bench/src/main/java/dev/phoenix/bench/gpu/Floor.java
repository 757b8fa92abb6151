package dev.phoenix.bench.gpu;

/**
 * The least time that work can take on a device.
 *
 * @param seconds the largest of what its bytes, products and functions take at the device's rates
 * @param bound which of them that is
 */
public record Floor(double seconds, Bound bound) {
  /** What limits. */
  public enum Bound {
    /** Bytes read and written. */
    MEMORY,
    /** Products on the tensor cores. */
    TENSOR,
    /** Exponentials, tangents and the like. */
    SPECIAL,
    /** Float32 arithmetic. */
    ARITHMETIC
  }

  /** Of two floors the higher one. */
  Floor orHigher(Floor other) {
    return other.seconds > seconds ? other : this;
  }
}
