package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.PreparedCase;
import dev.phoenix.kernels.check.Workbench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every kernel at the sizes of the model, from cold caches, beside its floor. */
final class KernelBenchmark {
  private static final long SEED = 20260101;

  private final Session session;
  private final List<Figure> figures;
  private final List<String> leftOut = new ArrayList<>();

  KernelBenchmark(Session session, List<Figure> figures) {
    this.session = session;
    this.figures = figures;
  }

  /** What was not measured, and why. */
  List<String> leftOut() {
    return leftOut;
  }

  void run(Budget budget) {
    List<KernelCase> cases =
        session.scale().isRehearsal() ? TimedKernels.rehearsal() : TimedKernels.ofTheModel();
    for (KernelCase kernelCase : cases) {
      // The reference in scalar Java is what takes long.
      if (budget.allows(Duration.ofSeconds(session.scale().isRehearsal() ? 0 : 5))) {
        figures.add(measure(kernelCase));
      } else {
        leftOut.add("no time for " + kernelCase);
      }
    }
  }

  private Figure measure(KernelCase kernelCase) {
    try (Workbench bench = Workbench.on(session.device().inner(), session.form(), SEED)) {
      CaseResult result = CaseResult.of(bench, kernelCase);
      if (!result.passed()) {
        throw new CheckFailedException(kernelCase + ": " + result.failure());
      }
      String check =
          String.format(
              Locale.ROOT,
              "the definition's results, %.0f%% of the bound",
              100 * result.boundUsed());
      PreparedCase prepared = kernelCase.prepare(bench);
      Timing timing = session.timer().cold(bench.stream(), prepared.launch());
      return Figure.of(Part.KERNELS, kernelCase.toString(), timing, check)
          .withAmount(prepared.work().bytes() / 1e9, "GB")
          .withWork(prepared.work(), session.ceilings());
    }
  }
}
