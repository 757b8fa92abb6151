package dev.phoenix.bench.verify;

import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Runs the cases of all kernels on a device, or on the GPU and the emulated device beside each
 * other. Small on purpose: it also runs under compute-sanitizer.
 */
public final class KernelCheck {
  /** Of each kernel, where a run has to be short. */
  private static final int FEW = 4;

  private KernelCheck() {}

  /**
   * {@code KernelCheck cuda|emulated|both [--few]}: prints what failed and a last line; the exit
   * code is 1 if anything did.
   */
  public static void main(String[] arguments) {
    if (arguments.length < 1 || !List.of("cuda", "emulated", "both").contains(arguments[0])) {
      System.err.println("usage: KernelCheck cuda|emulated|both [--few]");
      System.exit(2);
    }
    boolean few = arguments.length > 1 && arguments[1].equals("--few");
    List<KernelCase> cases = few ? few(KernelCases.all()) : KernelCases.all();
    boolean passed = arguments[0].equals("both") ? both(cases) : one(arguments[0], cases);
    System.exit(passed ? 0 : 1);
  }

  /** Some of each kernel, spread over all it has. */
  static List<KernelCase> few(List<KernelCase> all) {
    Map<String, List<KernelCase>> kernels = new LinkedHashMap<>();
    for (KernelCase kernelCase : all) {
      kernels.computeIfAbsent(kernelCase.kernel(), any -> new ArrayList<>()).add(kernelCase);
    }
    return kernels.values().stream()
        .flatMap(
            cases -> {
              int step = Math.max(1, cases.size() / FEW);
              return IntStream.range(0, cases.size())
                  .filter(i -> i % step == step / 2)
                  .mapToObj(cases::get);
            })
        .toList();
  }

  private static boolean one(String provider, List<KernelCase> cases) {
    int failed = 0;
    double used = 0;
    try (CaseDevice device = new CaseDevice(provider)) {
      for (KernelCase kernelCase : cases) {
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
        "%d of %d cases passed on %s; at most %.0f%% of a bound%n",
        cases.size() - failed,
        cases.size(),
        provider,
        100 * used);
    return failed == 0 && !cases.isEmpty();
  }

  private static boolean both(List<KernelCase> cases) {
    int failed = 0;
    int identical = 0;
    double worst = 0;
    String where = "";
    try (CaseDevice gpus = new CaseDevice("cuda");
        CaseDevice emulators = new CaseDevice("emulated")) {
      for (KernelCase kernelCase : cases) {
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
        "%d of %d cases passed on both; %d identical; at most %.1f ULPs apart%s%n",
        cases.size() - failed,
        cases.size(),
        identical,
        worst,
        where);
    return failed == 0 && !cases.isEmpty();
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
