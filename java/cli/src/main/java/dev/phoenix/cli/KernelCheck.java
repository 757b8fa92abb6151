package dev.phoenix.cli;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Devices;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.DeviceDifferences;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import dev.phoenix.kernels.check.Workbench;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs kernel cases on one device or two and prints the result of each. */
final class KernelCheck {
  /** Where cases run. */
  enum Target {
    /** The emulated device: checked and counted. */
    EMULATED,
    /** A GPU. */
    CUDA,
    /** Both, with a comparison of their outputs. */
    BOTH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    private List<Target> devices() {
      return this == BOTH ? List.of(EMULATED, CUDA) : List.of(this);
    }
  }

  private final PrintWriter out;
  private final Target target;
  private final EmulatorOptions options;
  private final long seed;

  /**
   * Creates a check.
   *
   * @param options options of the emulated device
   * @param seed the seed of the cases' inputs
   */
  KernelCheck(PrintWriter out, Target target, EmulatorOptions options, long seed) {
    this.out = out;
    this.target = target;
    this.options = options;
    this.seed = seed;
  }

  /**
   * Runs the cases of {@code kernels} whose names contain {@code part}.
   *
   * @return whether all passed
   * @throws IllegalArgumentException when there are none
   * @throws DeviceException when a device that was asked for does not open
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

  /** Runs these cases on devices of their own; returns whether all passed. */
  boolean runCases(String kernel, List<KernelCase> cases) {
    boolean passed = true;
    DeviceDifferences differences = new DeviceDifferences("emulated", "cuda");
    List<CaseResult> before = List.of();
    for (Target device : target.devices()) {
      Outcome outcome = runOn(device, kernel, cases);
      passed &= outcome.passed();
      for (int i = 0; i < before.size(); i++) {
        differences.add(before.get(i), outcome.results().get(i));
      }
      before = outcome.results();
    }
    if (target == Target.BOTH) {
      out.println(differences.table());
    }
    return passed;
  }

  /**
   * The results of one kernel's cases on one device.
   *
   * @param results one result per case
   * @param passed whether all cases passed and no memory leaked
   */
  private record Outcome(List<CaseResult> results, boolean passed) {}

  private Outcome runOn(Target on, String kernel, List<KernelCase> cases) {
    out.println(kernel + " on " + describe(on) + ", seed " + seed);
    int width = cases.stream().mapToInt(one -> one.name().length()).max().orElse(0);
    CaseTable table = new CaseTable(out, Math.max(width, "case".length()));
    LaunchReport total = new LaunchReport();
    List<CaseResult> results = new ArrayList<>();
    String leak = "";
    Device device = open(on);
    try (device;
        Workbench bench = Workbench.on(device, KernelLibrary.Form.PTX, seed)) {
      if (device instanceof EmulatedDevice emulated) {
        emulated.onLaunch(table::count);
        emulated.onLaunch(total::add);
      }
      table.header();
      for (KernelCase one : cases) {
        CaseResult result = CaseResult.of(bench, one);
        results.add(result);
        table.row(result);
      }
    } catch (DeviceException e) {
      // A leak within a case is in its result; this one was found when the device closed.
      leak = "; " + e.getMessage();
    }
    table.total(results.size());
    total.print(out, "");
    long failures = results.stream().filter(result -> !result.passed()).count();
    boolean passed = failures == 0 && leak.isEmpty();
    out.printf(
        "%s: %d of %d cases of %s pass%s%n%n",
        passed ? "PASS" : "FAIL", results.size() - failures, results.size(), kernel, leak);
    return new Outcome(results, passed);
  }

  private Device open(Target on) {
    return on == Target.EMULATED ? EmulatedDevice.create(options) : Devices.open("cuda");
  }

  private String describe(Target on) {
    if (on == Target.CUDA) {
      return "the first GPU";
    }
    return "the emulated device, checks " + (options.checks().initialised() ? "on" : "off");
  }
}
