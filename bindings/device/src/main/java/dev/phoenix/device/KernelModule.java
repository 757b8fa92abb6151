package dev.phoenix.device;

/** A loaded module. Its kernels are valid until it is closed. */
public interface KernelModule extends AutoCloseable {
  /** The name it was loaded under. */
  String name();

  /**
   * A kernel by its entry name; the same object for the same name.
   *
   * @throws DeviceException when the module has no such entry
   */
  Kernel kernel(String entry);

  @Override
  void close();
}
