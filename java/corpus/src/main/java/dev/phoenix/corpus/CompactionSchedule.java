package dev.phoenix.corpus;

/** When a corpus is compacted, and how often it was. Not thread-safe. */
final class CompactionSchedule {
  private final int interval;
  private int dueAt;
  private boolean running;
  private boolean waiting;
  private long completed;
  private long failed;

  /** Creates a schedule of one compaction after {@code interval} changes. */
  CompactionSchedule(int interval) {
    this.interval = interval;
    this.dueAt = interval;
  }

  boolean isDue(int looseRows) {
    return !running && looseRows >= dueAt;
  }

  void begun() {
    running = true;
    waiting = false;
  }

  void completed() {
    completed++;
    running = false;
    dueAt = interval;
  }

  /** A compaction failed; the next one comes after as many changes again. */
  void failed(int looseRows) {
    failed++;
    running = false;
    dueAt = looseRows + interval;
  }

  /**
   * The disk does not let a compaction begin, which stays due. Returns whether this is new, and
   * counts it as a failure then.
   */
  boolean waits() {
    boolean isNew = !waiting;
    waiting = true;
    failed += isNew ? 1 : 0;
    return isNew;
  }

  long completions() {
    return completed;
  }

  long failures() {
    return failed;
  }
}
