package dev.phoenix.bench;

import dev.phoenix.ops.Precision;
import dev.phoenix.scoring.Preset;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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

  private List<Supplier<Comparison>> comparisons(Part part) {
    return switch (part) {
      case RANK ->
          List.of(
              // The batch runs first, so that the operations are compiled for the shorter ones.
              () -> RankComparison.batch(sizes.batch(), threads),
              () -> RankComparison.request(threads),
              () -> RankComparison.longRequest(threads),
              () -> new KeptHistoryComparison(64, threads),
              () -> new KeptHistoryComparison(200, threads),
              () -> new ScoringComparison(Preset.PUBLISHED, 200, threads),
              () -> new ScoringComparison(Preset.PRODUCTION, 30, threads));
      case TOPK ->
          List.of(
              () -> new TopKComparison(Precision.FLOAT32, sizes.corpus(), threads),
              () -> new TopKComparison(Precision.BFLOAT16, sizes.corpus(), threads),
              () -> new LiveCorpusComparison(sizes.corpus(), threads),
              () -> new NewPostComparison(threads));
      case ENCODE ->
          List.of(
              () -> CorpusEncodingComparison.lookedUp(sizes.encoded(), threads),
              () -> CorpusEncodingComparison.fromTables(sizes.encoded(), threads));
      case OPERATIONS -> operations();
      case TRAIN ->
          List.of(
              () -> TrainingComparison.retrieval(sizes.batch(), threads),
              () -> TrainingComparison.ragged(sizes.batch(), threads),
              () -> TrainingComparison.ranker(sizes.batch(), threads));
      case EMULATOR ->
          Arrays.stream(EmulatorWorkload.values())
              .<Supplier<Comparison>>map(workload -> () -> new EmulatorComparison(workload))
              .toList();
    };
  }

  private List<Supplier<Comparison>> operations() {
    List<Supplier<Comparison>> all = new ArrayList<>();
    all.add(() -> new AttentionComparison(threads));
    all.add(() -> new NormComparison(threads));
    // One thread compares the tiles alone, without the distribution of work to threads.
    for (MatmulComparison.Product product : MatmulComparison.Product.ofTheModel()) {
      all.add(() -> new MatmulComparison(product, 1));
    }
    if (threads > 1) {
      all.add(
          () -> new MatmulComparison(MatmulComparison.Product.ofTheModel().getFirst(), threads));
    }
    return all;
  }

  /** Measures {@code parts} by {@code plan}; {@code quick} marks the report. */
  BenchmarkReport run(Collection<Part> parts, Rounds.Plan plan, boolean quick) {
    Machine machine = Machine.current();
    List<BenchmarkReport.Entry> entries = new ArrayList<>();
    List<Supplier<Comparison>> all =
        parts.stream().flatMap(part -> comparisons(part).stream()).toList();
    try (ProgressBar bar = progressBar((long) all.size() * plan.rounds())) {
      Rounds rounds = new Rounds(plan, bar::step);
      for (Supplier<Comparison> create : all) {
        try (Comparison comparison = create.get()) {
          bar.setExtraMessage(" " + comparison.name());
          String check = comparison.check();
          entries.add(BenchmarkReport.Entry.of(comparison, check, rounds.measure(comparison)));
        }
      }
    }
    return new BenchmarkReport(
        LocalDate.now(ZoneOffset.UTC).toString(),
        Sources.commit(),
        quick,
        threads,
        machine,
        entries);
  }

  private static ProgressBar progressBar(long steps) {
    return new ProgressBarBuilder().setTaskName("bench").setInitialMax(steps).build();
  }
}
