package dev.phoenix.corpus;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * One state of a corpus, never changed: which segments, how many of their rows, which of these are
 * live. Holds its segments until the last that holds the set lets go.
 */
final class SegmentSet {
  /**
   * A segment as far as the set knows it.
   *
   * @param rows the rows that were there
   * @param live bit i of word i / 64 is set where row i is a post of the corpus; one bit for each
   *     row of the segment's capacity
   * @param liveRows how many bits are set
   */
  record Part(Segment segment, int rows, long[] live, int liveRows) {
    boolean isLive(int row) {
      return (live[row / Long.SIZE] >>> row & 1) != 0;
    }

    /** Visits the rows that are posts of the corpus, in order. */
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

  /** A set that its maker holds; {@code version} counts the states of the corpus. */
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

  /** Holds the set unless the last holder has gone. */
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
