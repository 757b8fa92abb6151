package dev.phoenix.device;

/** A planned matrix product, its algorithm and its workspace: built once, reused, closed once. */
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
