package dev.phoenix.device.cuda;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.DeviceProvider;

/** Provides NVIDIA GPUs as {@code cuda}. Loads JCuda and the driver on first use only. */
public final class CudaDeviceProvider implements DeviceProvider {
  /** For the service loader. */
  public CudaDeviceProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  /**
   * {@inheritDoc}
   *
   * <p>Also looks for cuBLASLt: without it a device opens but cannot run a model.
   */
  @Override
  public Availability availability() {
    try {
      CudaDriver driver = CudaDriver.get();
      int devices = driver.deviceCount();
      DeviceProperties first = DeviceFacts.read(driver.device(0));
      DeviceFacts.checkArchitecture(first);
      CublasLtLibrary library = CublasLtLibrary.load(driver.version());
      return new Availability(devices, describe(devices, first, driver, library));
    } catch (DeviceException e) {
      return new Availability(0, String.valueOf(e.getMessage()));
    }
  }

  private static String describe(
      int devices, DeviceProperties first, CudaDriver driver, CublasLtLibrary library) {
    return "%d x %s, compute capability %s, %.1f GiB, driver for CUDA %s, cuBLASLt %s"
        .formatted(
            devices,
            first.name(),
            first.computeCapability(),
            first.totalMemoryBytes() / (double) (1L << 30),
            CudaDriver.versionText(driver.version()),
            library.path());
  }

  @Override
  public Device open(int ordinal) {
    RuntimeCheck.warnOnce();
    return CudaDevice.create(ordinal);
  }
}
