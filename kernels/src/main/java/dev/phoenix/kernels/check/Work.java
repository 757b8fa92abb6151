package dev.phoenix.kernels.check;

/**
 * The least that a case asks of any device, for the floor that a roofline sets: every operand is
 * moved once, and no more is computed than the definition says.
 *
 * @param bytes read and written in device memory
 * @param flops float32 multiplications and additions
 * @param tensorFlops bfloat16 multiplications and additions that tensor cores can do
 * @param specials exponentials, hyperbolic tangents, roots, reciprocals and divisions
 */
public record Work(long bytes, long flops, long tensorFlops, long specials) {
  /** Bytes that are only moved. */
  public static Work moving(long bytes) {
    return new Work(bytes, 0, 0, 0);
  }

  /** The same with float32 operations. */
  public Work withFlops(long count) {
    return new Work(bytes, count, tensorFlops, specials);
  }

  /** The same with operations of tensor cores. */
  public Work withTensorFlops(long count) {
    return new Work(bytes, flops, count, specials);
  }

  /** The same with special functions. */
  public Work withSpecials(long count) {
    return new Work(bytes, flops, tensorFlops, count);
  }
}
