package dev.phoenix.bench;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Machine;
import dev.phoenix.bench.report.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * All comparisons of {@code ./phoenix bench}. Each is created, checked, timed and closed before the
 * next, so that they share no threads or memory.
 *
 * @param threads the threads of either side
 * @param sizes the sizes of the larger comparisons
 */
record Suite(int threads, Sizes sizes) {
  /**
   * Sizes that tests shrink.
   *
   * @param batch number of requests in a batch
   * @param corpus number of posts in the searched corpus
   * @param encoded number of posts encoded at a time
   */
  record Sizes(int batch, int corpus, int encoded) {
    /** The sizes of published figures. */
    static Sizes published() {
      return new Sizes(32, TopKComparison.POSTS, 4096);
    }
  }

  /** The parts that {@code --only} selects. */
  enum Part {
    RANK,
    TOPK,
    ENCODE,
    OPERATIONS,
    /** Steps of training. */
    TRAIN,
    /** The emulated device; not published, because it is the speed of a tool. */
    EMULATOR;

    /** The published parts. */
    static Set<Part> published() {
      return EnumSet.complementOf(EnumSet.of(EMULATOR));
    }
  }

  private Stream<Supplier<Comparison>> comparisons(Part part) {
    return part == Part.EMULATOR
        ? Arrays.stream(EmulatorWorkload.values())
            .map(workload -> () -> new EmulatorComparison(workload))
        : Arrays.stream(Workload.values())
            .filter(workload -> workload.part() == part)
            .filter(workload -> threads > 1 || workload != Workload.MATMUL_ALL_THREADS)
            .map(workload -> () -> workload.create(sizes, threads));
  }

  /** Measures {@code parts} by {@code plan}. */
  Report run(Collection<Part> parts, Rounds.Plan plan, Report.Kind kind) {
    Machine machine = Machine.current();
    List<Figure> figures = new ArrayList<>();
    List<Supplier<Comparison>> all = parts.stream().flatMap(this::comparisons).toList();
    try (ProgressBar bar = progressBar((long) all.size() * plan.rounds())) {
      Rounds rounds = new Rounds(plan, bar::step);
      for (Supplier<Comparison> create : all) {
        try (Comparison comparison = create.get()) {
          bar.setExtraMessage(" " + comparison.name());
          figures.add(rounds.measure(comparison));
        }
      }
    }
    String setting = "%d of %d cores".formatted(threads, machine.cores());
    return Report.of(Report.Run.today("cpu", kind, setting), machine, figures);
  }

  private static ProgressBar progressBar(long steps) {
    return new ProgressBarBuilder().setTaskName("bench").setInitialMax(steps).build();
  }
}
