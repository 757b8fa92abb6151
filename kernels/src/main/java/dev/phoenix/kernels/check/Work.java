package dev.phoenix.kernels.check;

/**
 * The minimal work of a case, for a roofline bound: every operand is moved once, and only the
 * operations of the definition are counted.
 *
 * @param bytes read and written in device memory
 * @param flops float32 multiplications and additions
 * @param tensorFlops bfloat16 multiplications and additions that tensor cores can do
 * @param specials exponentials, hyperbolic tangents, roots, reciprocals and divisions
 */
public record Work(long bytes, long flops, long tensorFlops, long specials) {
  /** Work that only moves bytes. */
  public static Work moving(long bytes) {
    return new Work(bytes, 0, 0, 0);
  }

  /** A copy with float32 operations. */
  public Work withFlops(long count) {
    return new Work(bytes, count, tensorFlops, specials);
  }

  /** A copy with tensor core operations. */
  public Work withTensorFlops(long count) {
    return new Work(bytes, flops, count, specials);
  }

  /** A copy with special functions. */
  public Work withSpecials(long count) {
    return new Work(bytes, flops, tensorFlops, count);
  }
}
