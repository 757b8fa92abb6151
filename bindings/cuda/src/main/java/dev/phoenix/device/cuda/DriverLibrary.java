package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;

/**
 * Looks for the NVIDIA driver's library without JCuda: if it is missing, JCuda fails with stack
 * traces that do not name the cause.
 */
final class DriverLibrary {
  private static final String NAME = "libcuda.so.1";

  private DriverLibrary() {}

  /**
   * The symbols of the driver library, which stays loaded.
   *
   * @throws DeviceException when this platform has none or it is not installed
   */
  static SymbolLookup open() {
    checkPlatform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    return open(NAME);
  }

  static SymbolLookup open(String name) {
    try {
      return SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new DeviceException(
          "loading " + name,
          "NO_DRIVER",
          "Install the NVIDIA driver, or start the container with --gpus.",
          e);
    }
  }

  static void checkPlatform(String system, String architecture) {
    if (!system.equals("Linux") || !architecture.equals("amd64")) {
      throw new DeviceException(
          "looking for a CUDA driver",
          "UNSUPPORTED_PLATFORM",
          "The natives of JCuda here are for Linux on amd64, not "
              + system
              + " on "
              + architecture
              + ".");
    }
  }
}
