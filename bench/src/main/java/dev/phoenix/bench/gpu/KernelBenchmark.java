package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Timing;
import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.PreparedCase;
import dev.phoenix.kernels.check.Workbench;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Times every kernel at the model's sizes with cold caches, and computes its floor. */
final class KernelBenchmark {
  private static final long SEED = 20260101;

  private final Session session;
  private final PartFigures notes;
  private @Nullable CheckFailedException wrong;

  KernelBenchmark(Session session, PartFigures notes) {
    this.session = session;
    this.notes = notes;
  }

  void run(Budget budget) {
    List<KernelCase> cases =
        session.scale().isRehearsal()
            ? TimedKernels.rehearsal()
            : Stream.concat(TimedKernels.ofTheModel().stream(), TimedKernels.ofTraining().stream())
                .toList();
    for (KernelCase kernelCase : cases) {
      // The reference in scalar Java takes most of the time.
      if (!budget.allows(Duration.ofSeconds(session.scale().isRehearsal() ? 0 : 5))) {
        notes.leaveOut("no time for " + kernelCase);
        continue;
      }
      try {
        notes.add(measure(kernelCase));
      } catch (CheckFailedException e) {
        // Record the wrong kernel and measure the others.
        notes.leaveOut("FAILED: " + e.getMessage());
        wrong = e;
      }
    }
    if (wrong != null) {
      throw wrong;
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
      return Figure.timed(kernelCase.toString(), timing, check)
          .withAmount(prepared.work().bytes() / 1e9, "GB")
          .withWork(prepared.work(), session.ceilings());
    }
  }
}
