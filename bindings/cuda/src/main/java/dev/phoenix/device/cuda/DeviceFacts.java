package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.DeviceProperties.BlockLimits;
import dev.phoenix.device.DeviceProperties.ComputeCapability;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/** Reads the constant properties of a device. Needs no context. */
final class DeviceFacts {
  private DeviceFacts() {}

  static DeviceProperties read(CUdevice device) {
    return new DeviceProperties(
        name(device),
        new ComputeCapability(
            attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
            attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)),
        totalMemory(device),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        new BlockLimits(
            attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
            attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK),
            attribute(
                device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)));
  }

  /**
   * Checks that the device can run PTX for compute capability 8.0.
   *
   * @throws DeviceException when the device is older
   */
  static void checkArchitecture(DeviceProperties properties) {
    if (!properties.computeCapability().atLeast(8, 0)) {
      throw new DeviceException(
          "opening " + properties.name(),
          "UNSUPPORTED_ARCHITECTURE",
          "Its compute capability is "
              + properties.computeCapability()
              + ", but the kernels need 8.0 (Ampere) or later: take another GPU or the CPU.");
    }
  }

  private static String name(CUdevice device) {
    byte[] name = new byte[256];
    int status = JCudaDriver.cuDeviceGetName(name, name.length, device);
    DriverStatus.check(status, "cuDeviceGetName");
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    return new String(name, 0, length, StandardCharsets.UTF_8);
  }

  private static long totalMemory(CUdevice device) {
    long[] bytes = new long[1];
    int status = JCudaDriver.cuDeviceTotalMem(bytes, device);
    DriverStatus.check(status, "cuDeviceTotalMem");
    return bytes[0];
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    int status = JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
    DriverStatus.check(status, () -> "cuDeviceGetAttribute(" + attribute + ")");
    return value[0];
  }
}
