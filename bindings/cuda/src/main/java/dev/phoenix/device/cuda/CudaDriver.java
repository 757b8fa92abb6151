package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import java.lang.foreign.SymbolLookup;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** The driver of this machine, initialised once per process. */
final class CudaDriver {
  /** CUDA 12.4: the first driver with {@code cuFuncGetParamInfo}. */
  static final int OLDEST_VERSION = 12040;

  private static @Nullable CudaDriver initialised;

  private final SymbolLookup symbols;
  private final int version;

  private CudaDriver(SymbolLookup symbols, int version) {
    this.symbols = symbols;
    this.version = version;
  }

  /**
   * The driver.
   *
   * @throws DeviceException when there is none, it is too old or does not initialise
   */
  static synchronized CudaDriver get() {
    CudaDriver driver = initialised;
    if (driver == null) {
      driver = create();
      initialised = driver;
    }
    return driver;
  }

  private static CudaDriver create() {
    SymbolLookup symbols = DriverLibrary.open();
    JcudaNatives.load();
    int[] version = new int[1];
    int status = JCudaDriver.cuDriverGetVersion(version);
    DriverStatus.check(status, "cuDriverGetVersion");
    checkVersion(version[0]);
    status = JCudaDriver.cuInit(0);
    DriverStatus.check(status, "cuInit(0)");
    return new CudaDriver(symbols, version[0]);
  }

  static void checkVersion(int version) {
    if (version < OLDEST_VERSION) {
      throw new DeviceException(
          "cuDriverGetVersion",
          "DRIVER_TOO_OLD",
          "The driver serves CUDA "
              + versionText(version)
              + ", but "
              + versionText(OLDEST_VERSION)
              + " is the oldest that works: update the NVIDIA driver.");
    }
  }

  /** E.g. 13.0 for 13000. */
  static String versionText(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** The newest CUDA version this driver serves, e.g. 13000. */
  int version() {
    return version;
  }

  /** The driver's symbols, for functions that JCuda lacks. */
  SymbolLookup symbols() {
    return symbols;
  }

  /** How many devices there are. */
  int deviceCount() {
    int[] count = new int[1];
    int status = JCudaDriver.cuDeviceGetCount(count);
    DriverStatus.check(status, "cuDeviceGetCount");
    if (count[0] == 0) {
      throw DriverStatus.failure(CUresult.CUDA_ERROR_NO_DEVICE, "cuDeviceGetCount");
    }
    return count[0];
  }

  /** A device, from 0. */
  CUdevice device(int ordinal) {
    CUdevice device = new CUdevice();
    int status = JCudaDriver.cuDeviceGet(device, ordinal);
    DriverStatus.check(status, () -> "cuDeviceGet(" + ordinal + ")");
    return device;
  }
}
