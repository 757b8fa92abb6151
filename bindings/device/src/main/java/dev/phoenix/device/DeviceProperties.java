package dev.phoenix.device;

/**
 * Properties of a device.
 *
 * @param name the vendor's name, e.g. {@code NVIDIA H100 80GB HBM3}
 * @param computeCapability e.g. 9.0
 * @param totalMemoryBytes device memory
 * @param multiprocessors number of streaming multiprocessors
 * @param limits limits of a thread block
 */
public record DeviceProperties(
    String name,
    ComputeCapability computeCapability,
    long totalMemoryBytes,
    int multiprocessors,
    BlockLimits limits) {

  /**
   * Compute capability: the version of the instruction set.
   *
   * @param major e.g. 9
   * @param minor e.g. 0
   */
  public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {
    @Override
    public int compareTo(ComputeCapability other) {
      return major != other.major
          ? Integer.compare(major, other.major)
          : Integer.compare(minor, other.minor);
    }

    /** Whether code built for {@code sm_<major><minor>} PTX can run here. */
    public boolean atLeast(int wantedMajor, int wantedMinor) {
      return compareTo(new ComputeCapability(wantedMajor, wantedMinor)) >= 0;
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /**
   * Limits of a thread block.
   *
   * @param maxThreads threads per block
   * @param sharedBytes shared memory per block without opting in
   * @param sharedBytesOptIn shared memory per block with {@link Kernel#reserveDynamicShared}
   */
  public record BlockLimits(int maxThreads, int sharedBytes, int sharedBytesOptIn) {}
}
