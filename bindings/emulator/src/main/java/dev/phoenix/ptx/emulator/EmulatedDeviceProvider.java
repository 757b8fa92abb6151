package dev.phoenix.ptx.emulator;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProvider;

/** Provides the emulated device as {@code emulated}. */
public final class EmulatedDeviceProvider implements DeviceProvider {
  /** For the service loader. */
  public EmulatedDeviceProvider() {}

  @Override
  public String name() {
    return "emulated";
  }

  @Override
  public Availability availability() {
    return new Availability(1, "PTX on the CPU, always there");
  }

  @Override
  public Device open(int ordinal) {
    if (ordinal != 0) {
      throw new DeviceException("open(" + ordinal + ")", "INVALID_DEVICE", "There is only 0.");
    }
    return EmulatedDevice.create();
  }
}
