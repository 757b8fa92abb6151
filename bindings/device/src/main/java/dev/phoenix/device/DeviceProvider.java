package dev.phoenix.device;

/**
 * A way to come by a device; implementations are found by {@link java.util.ServiceLoader} and have
 * a public constructor without arguments that touches no driver.
 */
public interface DeviceProvider {
  /** The name it is asked for by: {@code cuda}, {@code emulated}. */
  String name();

  /** Looks, without creating a context, whether {@link #open} can succeed. */
  Availability availability();

  /**
   * Opens a device.
   *
   * @param ordinal which one, from 0
   * @throws DeviceException when there is none or it does not answer
   */
  Device open(int ordinal);

  /**
   * Whether a provider has a device.
   *
   * @param devices how many; 0 when it has none
   * @param reason one line for the log: what was found, or why nothing was
   */
  record Availability(int devices, String reason) {}
}
