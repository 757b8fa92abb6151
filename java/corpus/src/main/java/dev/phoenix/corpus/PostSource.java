package dev.phoenix.corpus;

import java.time.Duration;
import java.util.List;

/**
 * A partitioned stream of changes that is polled, such as a topic of a message log. The corpus
 * keeps how far the source was read; the source keeps nothing. Only {@link #progress} is
 * thread-safe.
 */
public interface PostSource extends AutoCloseable {
  /**
   * Goes to where reading begins. Called once, before the first poll.
   *
   * @param positions those that the corpus keeps, which may be of other sources too; a partition
   *     without a position is read from its first record
   */
  void begin(List<SourcePosition> positions);

  /** Returns what comes next; an empty batch if nothing comes within {@code patience}. */
  Batch poll(Duration patience);

  /** How far polling has come. */
  Progress progress();

  /** Closes the source; returns within seconds. */
  @Override
  void close();

  /**
   * What a poll found.
   *
   * @param entries changes, in order within each partition
   * @param reached the next positions of the partitions that were read, to be kept in one step with
   *     the changes; they also pass over records that are no changes
   */
  record Batch(List<Entry> entries, List<SourcePosition> reached) {
    /** A batch of nothing. */
    public static final Batch EMPTY = new Batch(List.of(), List.of());
  }

  /**
   * A change and the record that it came in.
   *
   * @param change the change
   * @param at the position of the record
   */
  record Entry(PostChange change, SourcePosition at) {}

  /**
   * How far a source was read.
   *
   * @param partitions the partitions that are read
   * @param malformed records that were skipped because they could not be decoded
   * @param resets how often a partition was begun anew because its position was gone
   * @param reachedStart whether everything that the source held when it was opened has been polled
   * @param lastRecordNanos when the last record came, or the source was opened, on the clock of
   *     {@link System#nanoTime}
   */
  record Progress(
      List<PartitionProgress> partitions,
      long malformed,
      long resets,
      boolean reachedStart,
      long lastRecordNanos) {}

  /**
   * How far a partition was read.
   *
   * @param partition its number
   * @param next offset of the next record
   * @param lag records behind the partition's end; -1 where unknown
   */
  record PartitionProgress(int partition, long next, long lag) {}
}
