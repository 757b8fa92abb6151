/** A device that executes the PTX of CUDA kernels on the CPU. */
module dev.phoenix.emulator {
  requires jdk.incubator.vector;
  requires static org.jspecify;
  requires transitive dev.phoenix.device;

  exports dev.phoenix.ptx.emulator;

  provides dev.phoenix.device.DeviceProvider with
      dev.phoenix.ptx.emulator.EmulatedDeviceProvider;
}
