package dev.phoenix.cli;

import dev.phoenix.device.DeviceException;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import dev.phoenix.kernels.check.Workbench;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Runs kernels' cases on the emulated device and prints what came of each. */
final class KernelCheck {
  private final PrintWriter out;
  private final EmulatorOptions options;
  private final long seed;

  /**
   * A check.
   *
   * @param seed of the cases' inputs
   */
  KernelCheck(PrintWriter out, EmulatorOptions options, long seed) {
    this.out = out;
    this.options = options;
    this.seed = seed;
  }

  /**
   * Runs the cases of {@code kernels} whose names contain {@code part}.
   *
   * @return whether all passed
   * @throws IllegalArgumentException when there are none
   */
  boolean run(List<String> kernels, String part) {
    boolean passed = true;
    int ran = 0;
    for (String kernel : kernels) {
      List<KernelCase> cases =
          KernelCases.of(kernel).stream().filter(one -> one.name().contains(part)).toList();
      if (!cases.isEmpty()) {
        passed &= runCases(kernel, cases);
        ran += cases.size();
      }
    }
    if (ran == 0) {
      throw new IllegalArgumentException(
          "no case of %s has '%s' in its name".formatted(String.join(", ", kernels), part));
    }
    return passed;
  }

  /** Runs these cases on a device of their own; returns whether all passed. */
  boolean runCases(String kernel, List<KernelCase> cases) {
    boolean checks = options.checks().initialised();
    out.printf(
        "%s on the emulated device, checks %s, seed %d%n", kernel, checks ? "on" : "off", seed);
    int width = cases.stream().mapToInt(one -> one.name().length()).max().orElse(0);
    CaseTable table = new CaseTable(out, Math.max(width, "case".length()));
    LaunchReport total = new LaunchReport();
    int failures = 0;
    String leak = "";
    EmulatedDevice device = EmulatedDevice.create(options);
    try (device;
        Workbench bench = Workbench.on(device, KernelLibrary.Form.PTX, seed)) {
      device.onLaunch(table::count);
      device.onLaunch(total::add);
      table.header();
      for (KernelCase one : cases) {
        CaseResult result = CaseResult.of(bench, one);
        table.row(result);
        failures += result.passed() ? 0 : 1;
      }
    } catch (DeviceException e) {
      // Cases report their own: this one came when everything should have been given back.
      leak = String.valueOf(e.getMessage());
    }
    table.total(cases.size());
    total.print(out, "");
    boolean passed = failures == 0 && leak.isEmpty();
    out.printf(
        Locale.ROOT,
        "%s: %d of %d cases of %s pass%s%n%n",
        passed ? "PASS" : "FAIL",
        cases.size() - failures,
        cases.size(),
        kernel,
        leak.isEmpty() ? "" : "; " + leak);
    return passed;
  }
}
