package dev.phoenix.bench.report;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The GPU that figures were measured on.
 *
 * @param name the vendor's name of the device
 * @param computeCapability the compute capability, e.g. 9.0
 * @param memoryBytes the memory of the device
 * @param multiprocessors the number of multiprocessors
 * @param provider {@code cuda} or {@code emulated}
 * @param driver the driver version from nvidia-smi
 * @param clocks the clocks from nvidia-smi right after the largest product: SM current and maximum,
 *     memory current and maximum, power limit
 * @param ceilings its peak rates
 */
public record Gpu(
    String name,
    String computeCapability,
    long memoryBytes,
    int multiprocessors,
    String provider,
    String driver,
    String clocks,
    Ceilings ceilings) {

  private static final long SMI_SECONDS = 20;

  /** Facts of an open device. */
  public static Gpu of(Device device, String provider, Ceilings ceilings) {
    DeviceProperties properties = device.properties();
    boolean emulated = provider.equals("emulated");
    return new Gpu(
        properties.name(),
        properties.computeCapability().toString(),
        properties.totalMemoryBytes(),
        properties.multiprocessors(),
        provider,
        emulated ? "none: executed on the CPU" : smi("driver_version"),
        emulated
            ? "none: executed on the CPU"
            : smi("clocks.sm,clocks.max.sm,clocks.mem,clocks.max.mem,power.limit"),
        ceilings);
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

  /** The device and its peak rates in two sentences. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%s, compute capability %s, driver %s, clocks %s. Measured ceilings: copy %.0f GB/s,"
            + " bfloat16 product %.0f TFLOP/s, %.2f T exponentials/s, %.2f T tangents/s, float32"
            + " %.1f TFLOP/s.",
        name,
        computeCapability,
        driver,
        clocks,
        ceilings.copyBytes() / 1e9,
        ceilings.tensorFlops() / 1e12,
        ceilings.exponentials() / 1e12,
        ceilings.tangents() / 1e12,
        ceilings.flops() / 1e12);
  }

  /** The name in a form for file names. */
  public String slug() {
    return name.toLowerCase(Locale.ROOT)
        .replace("nvidia", "")
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-|-$", "");
  }
}
