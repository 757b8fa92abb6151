package dev.phoenix.bench.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The device and host that figures were measured on.
 *
 * @param name the vendor's name of the device
 * @param computeCapability the compute capability, e.g. 9.0
 * @param memoryBytes the memory of the device
 * @param multiprocessors the number of multiprocessors
 * @param provider {@code cuda} or {@code emulated}
 * @param driver the driver version from nvidia-smi
 * @param clocks the clocks from nvidia-smi right after the largest product: SM current and maximum,
 *     memory current and maximum, power limit
 * @param host the host's processors and the JVM
 */
public record GpuFacts(
    String name,
    String computeCapability,
    long memoryBytes,
    int multiprocessors,
    String provider,
    String driver,
    String clocks,
    String host) {

  private static final long SMI_SECONDS = 20;

  /** Facts of an open device. */
  static GpuFacts of(Device device, String provider) {
    DeviceProperties properties = device.properties();
    boolean emulated = provider.equals("emulated");
    return new GpuFacts(
        properties.name(),
        properties.computeCapability().toString(),
        properties.totalMemoryBytes(),
        properties.multiprocessors(),
        provider,
        emulated ? "none: executed on the CPU" : smi("driver_version"),
        emulated
            ? "none: executed on the CPU"
            : smi("clocks.sm,clocks.max.sm,clocks.mem,clocks.max.mem,power.limit"),
        "%d cores, %s %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version")));
  }

  /** The result of a query for the first GPU, or a text that nvidia-smi does not answer. */
  private static String smi(String query) {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi", "--id=0", "--query-gpu=" + query, "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
      // The short output fits the pipe's buffer, so the process can end before it is read.
      if (!process.waitFor(SMI_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "nvidia-smi does not answer";
      }
      String found = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? found.strip() : "nvidia-smi does not answer";
    } catch (IOException e) {
      return "no nvidia-smi";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** The name in a form for file names. */
  String slug() {
    return name.toLowerCase(java.util.Locale.ROOT)
        .replace("nvidia", "")
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-|-$", "");
  }
}
