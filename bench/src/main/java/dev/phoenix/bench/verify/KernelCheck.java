package dev.phoenix.bench.verify;

import dev.phoenix.bench.gpu.Budget;
import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Runs the cases of all kernels on a device, or compares the GPU with the emulated device. It also
 * runs under compute-sanitizer, so it is kept small.
 */
public final class KernelCheck {
  /** The number of cases of each kernel in a short run. */
  private static final int FEW = 4;

  private final List<KernelCase> cases;
  private final Budget budget;
  private final List<KernelCase> leftOut = new ArrayList<>();

  private KernelCheck(List<KernelCase> cases, Budget budget) {
    this.cases = cases;
    this.budget = budget;
  }

  /**
   * {@code KernelCheck cuda|emulated|both [--few] [--seconds N]}: prints failures, skipped cases
   * and a summary line; the exit code is 1 if anything failed.
   */
  public static void main(String[] arguments) {
    if (arguments.length < 1 || !List.of("cuda", "emulated", "both").contains(arguments[0])) {
      System.err.println("usage: KernelCheck cuda|emulated|both [--few]");
      System.exit(2);
    }
    List<String> options = List.of(arguments).subList(1, arguments.length);
    int seconds = options.indexOf("--seconds");
    Budget budget =
        Budget.of(
            seconds < 0
                ? Duration.ofDays(1)
                : Duration.ofSeconds(Long.parseLong(options.get(seconds + 1))));
    List<KernelCase> all = KernelCases.all();
    KernelCheck check = new KernelCheck(inTurn(options.contains("--few") ? few(all) : all), budget);
    boolean passed = arguments[0].equals("both") ? check.both() : check.one(arguments[0]);
    System.exit(passed ? 0 : 1);
  }

  /** Orders cases round-robin over kernels, so that a short run covers all kernels. */
  static List<KernelCase> inTurn(List<KernelCase> all) {
    Map<String, List<KernelCase>> kernels = byKernel(all);
    int most = kernels.values().stream().mapToInt(List::size).max().orElse(0);
    return IntStream.range(0, most)
        .boxed()
        .flatMap(
            i -> kernels.values().stream().filter(cases -> i < cases.size()).map(c -> c.get(i)))
        .toList();
  }

  private static Map<String, List<KernelCase>> byKernel(List<KernelCase> all) {
    Map<String, List<KernelCase>> kernels = new LinkedHashMap<>();
    for (KernelCase kernelCase : all) {
      kernels.computeIfAbsent(kernelCase.kernel(), any -> new ArrayList<>()).add(kernelCase);
    }
    return kernels;
  }

  /** Some cases of each kernel, evenly spread. */
  static List<KernelCase> few(List<KernelCase> all) {
    return byKernel(all).values().stream()
        .flatMap(
            cases -> {
              int step = Math.max(1, cases.size() / FEW);
              return IntStream.range(0, cases.size())
                  .filter(i -> i % step == step / 2)
                  .mapToObj(cases::get);
            })
        .toList();
  }

  private boolean isOutOfTime(KernelCase kernelCase) {
    if (!budget.left().isZero()) {
      return false;
    }
    leftOut.add(kernelCase);
    System.out.println("no time for " + kernelCase);
    return true;
  }

  /** The part of the summary line about skipped cases, which are printed above it. */
  private String untimely() {
    return leftOut.isEmpty()
        ? ""
        : "; no time for %d, of %s".formatted(leftOut.size(), byKernel(leftOut).keySet());
  }

  private boolean one(String provider) {
    int failed = 0;
    double used = 0;
    try (CaseDevice device = new CaseDevice(provider)) {
      for (KernelCase kernelCase : cases) {
        if (isOutOfTime(kernelCase)) {
          continue;
        }
        CaseResult result = device.run(kernelCase);
        String failure = result.failure();
        if (failure != null) {
          failed++;
          System.out.println("FAILED " + kernelCase + ": " + failure);
        } else {
          used = Math.max(used, result.boundUsed());
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d of %d cases passed on %s; at most %.0f%% of a bound%s%n",
        cases.size() - failed - leftOut.size(),
        cases.size(),
        provider,
        100 * used,
        untimely());
    return failed == 0 && leftOut.size() < cases.size();
  }

  private boolean both() {
    int failed = 0;
    int identical = 0;
    double worst = 0;
    String where = "";
    try (CaseDevice gpus = new CaseDevice("cuda");
        CaseDevice emulators = new CaseDevice("emulated")) {
      for (KernelCase kernelCase : cases) {
        if (isOutOfTime(kernelCase)) {
          continue;
        }
        CaseResult gpu = gpus.run(kernelCase);
        CaseResult emulated = emulators.run(kernelCase);
        String failure = gpu.failure() != null ? gpu.failure() : emulated.failure();
        if (failure != null) {
          failed++;
          System.out.println("FAILED " + kernelCase + ": " + failure);
          continue;
        }
        double ulps = ulps(gpu, emulated);
        identical += ulps == 0 ? 1 : 0;
        if (ulps > worst) {
          worst = ulps;
          where = " (" + kernelCase + ")";
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d of %d cases passed on both; %d identical; at most %.1f ULPs apart%s%s%n",
        cases.size() - failed - leftOut.size(),
        cases.size(),
        identical,
        worst,
        where,
        untimely());
    return failed == 0 && leftOut.size() < cases.size();
  }

  private static double ulps(CaseResult gpu, CaseResult emulated) {
    double worst = 0;
    for (int i = 0; i < gpu.outputs().size(); i++) {
      CaseResult.Written left = gpu.outputs().get(i);
      double[] other = emulated.outputs().get(i).actual();
      for (int j = 0; j < other.length; j++) {
        double difference = Math.abs(left.actual()[j] - other[j]);
        if (difference > 0) {
          worst = Math.max(worst, difference / left.output().format().ulp(other[j]));
        }
      }
    }
    return worst;
  }
}
