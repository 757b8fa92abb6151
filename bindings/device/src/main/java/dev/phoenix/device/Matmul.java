package dev.phoenix.device;

/**
 * A planned matrix product and its algorithm: built once, reused, closed once.
 *
 * <p>A row of C depends on that row of A and on B alone, to the bit: plans that differ only in M
 * give a row the same result. A plan keeps nothing on the device between or during runs, so runs of
 * one plan may overlap on several streams, as long as each stream is used by one thread at a time.
 */
public interface Matmul extends AutoCloseable {
  /** What was planned. */
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
