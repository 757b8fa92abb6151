package dev.phoenix.device;

/** An entry of a loaded module; lives as long as its {@link KernelModule}. */
public interface Kernel {
  /** The entry's name. */
  String name();

  /** What the compiler made of it. */
  KernelAttributes attributes();

  /**
   * Opts in to dynamic shared memory above the default limit. Call once before the first launch
   * that needs it.
   *
   * @param byteSize the most that any launch will ask for
   * @throws DeviceException when the device has less
   */
  void reserveDynamicShared(int byteSize);

  /**
   * How many blocks of this kernel one multiprocessor can hold at once.
   *
   * @param blockThreads threads per block
   * @param dynamicSharedBytes dynamic shared memory per block
   */
  int maxActiveBlocks(int blockThreads, int dynamicSharedBytes);
}
