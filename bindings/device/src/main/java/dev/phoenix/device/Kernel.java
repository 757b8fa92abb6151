package dev.phoenix.device;

/** An entry of a loaded module, valid until its {@link KernelModule} is closed. */
public interface Kernel {
  /** The entry's name. */
  String name();

  /** Resource usage as reported by the compiler. */
  KernelAttributes attributes();

  /**
   * Opts in to dynamic shared memory above the default limit. Call once before the first launch
   * that needs it.
   *
   * @param byteSize the largest size that any launch will use
   * @throws DeviceException when the device has less
   */
  void reserveDynamicShared(int byteSize);

  /**
   * The number of blocks of this kernel that can be resident on one multiprocessor.
   *
   * @param blockThreads threads per block
   * @param dynamicSharedBytes dynamic shared memory per block
   */
  int maxActiveBlocks(int blockThreads, int dynamicSharedBytes);
}
