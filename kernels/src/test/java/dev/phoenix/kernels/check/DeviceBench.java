package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.Devices;
import dev.phoenix.kernels.KernelLibrary;
import java.util.stream.Stream;

/**
 * A device under test and its workbench. Closing it asserts that no device memory is live.
 *
 * <p>{@code -Dphoenix.device=emulated|cuda|both} chooses the devices; emulated is the default. If a
 * requested device is not available, the test fails.
 *
 * @param name name of the device
 * @param device the open device
 * @param bench workbench on the device
 */
public record DeviceBench(String name, Device device, Workbench bench) implements AutoCloseable {
  /** The devices that every test body runs on; for {@code @MethodSource}. */
  public static Stream<String> devices() {
    String wanted = System.getProperty("phoenix.device", "emulated");
    return wanted.equals("both") ? Stream.of("emulated", "cuda") : Stream.of(wanted);
  }

  /** Opens a device; skips the test where this build has no kernels. */
  public static DeviceBench open(String name) {
    assumeTrue(
        KernelLibrary.contains("rms_norm"), "no PTX in this build: it was made without nvcc");
    Device device = Devices.open(name);
    return new DeviceBench(name, device, Workbench.on(device));
  }

  /** Launches a prepared case, reads its first output and frees its memory. */
  public double[] first(PreparedCase prepared) {
    prepared.launch().run();
    double[] values = bench.read(prepared.outputs().getFirst());
    bench.clear();
    return values;
  }

  @Override
  public void close() {
    bench.close();
    assertEquals(0, device.liveBytes(), "bytes still live on the device");
    device.close();
  }
}
