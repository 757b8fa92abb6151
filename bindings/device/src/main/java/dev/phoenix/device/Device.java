package dev.phoenix.device;

/**
 * One GPU, or something that behaves as one, and the owner of everything created from it.
 *
 * <p>A device may be used from several threads; a stream, and what is launched on it, by one at a
 * time. Close what was created from a device before the device.
 */
public interface Device extends AutoCloseable {
  /** What does not change while the device is open. */
  DeviceProperties properties();

  /** Bytes that an allocation could still get now. */
  long freeMemoryBytes();

  /**
   * Bytes of device and of pinned or mapped host memory that are allocated through this object and
   * live.
   */
  long liveBytes();

  /**
   * Allocates uninitialised device memory, aligned to 256 bytes.
   *
   * @param byteSize bytes, at least 1
   * @throws DeviceException when there is not enough memory
   */
  DeviceBuffer allocate(long byteSize);

  /**
   * Allocates page-locked host memory: the only kind that copies truly asynchronously.
   *
   * @param byteSize bytes, at least 1
   */
  HostBuffer allocateHost(long byteSize);

  /**
   * Allocates page-locked host memory that kernels read where it lies.
   *
   * @param byteSize bytes, at least 1
   * @throws DeviceException when the system cannot lock as many
   */
  MappedBuffer allocateMapped(long byteSize);

  /** A new stream that does not synchronise with any other. */
  Stream createStream();

  /** A new event with timing. */
  Event createEvent();

  /**
   * Loads a module.
   *
   * @param name shown in errors, e.g. the file's name
   * @param image PTX text (a final NUL is not needed) or, on a real GPU, a cubin or fatbin
   * @throws DeviceException when the image does not compile or does not fit this device
   */
  KernelModule loadModule(String name, byte[] image);

  /**
   * Plans a matrix product: chooses the algorithm once, the same for any number of rows.
   *
   * @throws DeviceException when the library has no algorithm for this shape, or none that serves
   *     this number of rows as it does others
   */
  Matmul planMatmul(MatmulShape shape);

  /** Waits until everything on every stream is done. */
  void synchronize();

  /**
   * Gives the device back.
   *
   * @throws DeviceException when memory is still live (the emulated device), naming each leak
   */
  @Override
  void close();
}
