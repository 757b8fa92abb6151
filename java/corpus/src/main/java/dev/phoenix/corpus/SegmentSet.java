package dev.phoenix.corpus;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * An immutable state of a corpus: its segments, their row counts and the live rows.
 * Reference-counted; holds its segments until the last holder releases the set.
 */
final class SegmentSet {
  /**
   * The state of one segment.
   *
   * @param rows number of rows at the time of the state
   * @param live bit i of word i / 64 is set if row i is a post of the corpus; one bit per row of
   *     the segment's capacity
   * @param liveRows number of set bits
   */
  record Part(Segment segment, int rows, long[] live, int liveRows) {
    boolean isLive(int row) {
      return (live[row / Long.SIZE] >>> row & 1) != 0;
    }

    /** Visits the live rows in order. */
    void forEachLive(IntConsumer visitor) {
      for (int word = 0; word < live.length; word++) {
        for (long left = live[word]; left != 0; left &= left - 1) {
          visitor.accept(word * Long.SIZE + Long.numberOfTrailingZeros(left));
        }
      }
    }
  }

  private final long version;
  private final List<Part> parts;
  private final AtomicInteger holders = new AtomicInteger(1);

  /**
   * Creates a set with the caller as its holder; {@code version} numbers the states of the corpus.
   */
  SegmentSet(long version, List<Part> parts) {
    this.version = version;
    this.parts = List.copyOf(parts);
    for (Part part : parts) {
      part.segment().retain();
    }
  }

  long version() {
    return version;
  }

  List<Part> parts() {
    return parts;
  }

  int liveRows() {
    return parts.stream().mapToInt(Part::liveRows).sum();
  }

  /** Adds a holder; returns false if the set has already been freed. */
  boolean tryRetain() {
    int before = holders.getAndUpdate(n -> n == 0 ? 0 : n + 1);
    return before > 0;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      for (Part part : parts) {
        part.segment().release();
      }
    }
  }
}
