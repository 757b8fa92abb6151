package dev.phoenix.bench.gpu;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Parts of the benchmark, in order of importance. */
public enum Part {
  /** The device's peak rates, from which floors are computed; always measured. */
  CEILINGS("Ceilings", 60),
  /** Ranking at the published mini configuration. */
  MINI("Ranking, mini configuration", 90),
  /** Attention of histories at the production shape. */
  ATTENTION("History attention", 60),
  /** Ranking at the production configuration. */
  PRODUCTION("Ranking, production configuration", 120),
  /** The scan of a corpus. */
  TOPK("Top-K scan", 150),
  /** Every kernel beside its floor. */
  KERNELS("Kernels", 120),
  /** Steps of both trainers. */
  TRAINING("Training steps", 60),
  /** Encoding posts. */
  TOWER("Candidate tower", 45),
  /** Calls, launches, loading. */
  OVERHEAD("Calls and loading", 60);

  private final String title;
  private final Duration longest;

  Part(String title, int seconds) {
    this.title = title;
    this.longest = Duration.ofSeconds(seconds);
  }

  /** The time limit on a GPU. */
  Duration longest() {
    return longest;
  }

  /** The order of titles. */
  static Comparator<String> order() {
    List<String> titles = Arrays.stream(values()).map(Part::title).toList();
    return Comparator.comparingInt(titles::indexOf);
  }

  /** The title in headings. */
  public String title() {
    return title;
  }
}
