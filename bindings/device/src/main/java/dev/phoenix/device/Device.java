package dev.phoenix.device;

/**
 * A GPU, real or emulated: allocates memory and creates streams, events, modules and matrix
 * products.
 *
 * <p>A device may be used from several threads at once; a stream by one thread at a time. Close
 * everything created from a device before the device itself.
 */
public interface Device extends AutoCloseable {
  /** The properties, which do not change while the device is open. */
  DeviceProperties properties();

  /** Free device memory in bytes. */
  long freeMemoryBytes();

  /**
   * Bytes of device, pinned and mapped memory that were allocated through this object and not yet
   * freed.
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
   * Allocates page-locked host memory. Only copies from and to such memory are asynchronous.
   *
   * @param byteSize bytes, at least 1
   */
  HostBuffer allocateHost(long byteSize);

  /**
   * Allocates page-locked host memory that is mapped into the device's address space.
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
   * Plans a matrix product. The chosen algorithm does not depend on the number of rows M.
   *
   * @throws DeviceException when the library has no algorithm for this shape, or the algorithm for
   *     other M does not support this M
   */
  Matmul planMatmul(MatmulShape shape);

  /** Waits until all work on all streams is complete. */
  void synchronize();

  /**
   * Closes the device.
   *
   * @throws DeviceException when memory is still live (the emulated device), naming each leak
   */
  @Override
  void close();
}
