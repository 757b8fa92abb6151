package dev.phoenix.device;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds devices by name. */
public final class Devices {
  private Devices() {}

  /** Every provider on the class path. */
  public static List<DeviceProvider> providers() {
    List<DeviceProvider> found = new ArrayList<>();
    ServiceLoader.load(DeviceProvider.class).forEach(found::add);
    return List.copyOf(found);
  }

  /**
   * The provider of this name.
   *
   * @throws DeviceException when there is none; the hint lists the available ones
   */
  public static DeviceProvider provider(String name) {
    List<DeviceProvider> all = providers();
    for (DeviceProvider provider : all) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    throw new DeviceException(
        "Devices.provider(\"" + name + "\")",
        "NO_SUCH_PROVIDER",
        "On the class path: " + all.stream().map(DeviceProvider::name).toList());
  }

  /** Opens the first device of the provider of this name. */
  public static Device open(String name) {
    return provider(name).open(0);
  }
}
