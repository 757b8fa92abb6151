package dev.phoenix.bench.gpu;

/** Parts of the benchmark, in the order of what they are worth. */
public enum Part {
  /** What the device can do at most, which floors are made from; always measured. */
  CEILINGS("Ceilings"),
  /** Ranking at the published mini configuration. */
  MINI("Ranking, mini configuration"),
  /** Attention of histories at the production shape. */
  ATTENTION("History attention"),
  /** Ranking at the production configuration. */
  PRODUCTION("Ranking, production configuration"),
  /** The scan of a corpus. */
  TOPK("Top-K scan"),
  /** Every kernel beside its floor. */
  KERNELS("Kernels"),
  /** Encoding posts. */
  TOWER("Candidate tower"),
  /** Calls, launches, loading. */
  OVERHEAD("Calls and loading");

  private final String title;

  Part(String title) {
    this.title = title;
  }

  /** For headings. */
  public String title() {
    return title;
  }
}
