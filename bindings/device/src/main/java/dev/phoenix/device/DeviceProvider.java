package dev.phoenix.device;

/**
 * Opens devices of one kind. Implementations are found by {@link java.util.ServiceLoader}; their
 * public constructor without arguments must not load a driver.
 */
public interface DeviceProvider {
  /** The provider's name, e.g. {@code cuda} or {@code emulated}. */
  String name();

  /** Checks, without creating a context, whether {@link #open} can succeed. */
  Availability availability();

  /**
   * Opens a device.
   *
   * @param ordinal index of the device, from 0
   * @throws DeviceException when there is no such device or it does not respond
   */
  Device open(int ordinal);

  /**
   * Whether a provider has a device.
   *
   * @param devices number of devices; 0 for none
   * @param reason one line for the log: the devices found, or why there are none
   */
  record Availability(int devices, String reason) {}
}
