package dev.phoenix.device;

/**
 * A planned matrix product with a fixed algorithm, which can be run any number of times.
 *
 * <p>A row of C depends, to the bit, only on the same row of A and on B: plans that differ only in
 * M give bitwise equal rows. A plan has no workspace on the device, so runs of one plan may overlap
 * on several streams, each used by one thread at a time.
 */
public interface Matmul extends AutoCloseable {
  /** The planned shape. */
  MatmulShape shape();

  /**
   * {@code C = A x B}. C overlaps neither A nor B.
   *
   * @param c output, at least {@code shape().c()} bytes for all batches
   * @throws IllegalArgumentException when an operand is too small or not aligned to 16 bytes
   */
  void run(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b);

  /** {@code C = C + A x B}; otherwise as {@link #run}. */
  void runAdding(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b);

  @Override
  void close();
}
