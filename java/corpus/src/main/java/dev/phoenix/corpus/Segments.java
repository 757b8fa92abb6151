package dev.phoenix.corpus;

import dev.phoenix.feature.RowsById;
import java.util.ArrayList;
import java.util.List;

/**
 * The posts of a corpus as its writer sees them: applies changes, publishes states. Confined to one
 * thread.
 */
final class Segments implements AutoCloseable {
  private final int dimension;
  private final int tailRows;
  private final List<Entry> entries = new ArrayList<>();
  private long version;
  private boolean sealed = true;

  /** A segment with what changes about it. */
  private static final class Entry {
    final Segment segment;
    final RowsById rowsById;
    int rows;
    int liveRows;
    long[] live;
    boolean published;

    Entry(Segment segment, RowsById rowsById) {
      this.segment = segment;
      this.rowsById = rowsById;
      this.live = new long[Math.ceilDiv(segment.capacity(), Long.SIZE)];
    }

    boolean isLive(int row) {
      return (live[row / Long.SIZE] >>> row & 1) != 0;
    }

    void set(int row, boolean alive) {
      if (isLive(row) == alive) {
        return;
      }
      if (published) {
        live = live.clone();
        published = false;
      }
      live[row / Long.SIZE] ^= 1L << row;
      liveRows += alive ? 1 : -1;
    }

    SegmentSet.Part part() {
      published = true;
      return new SegmentSet.Part(segment, rows, live, liveRows);
    }
  }

  /**
   * No posts.
   *
   * @param dimension D
   * @param tailRows posts that a new segment has room for
   */
  Segments(int dimension, int tailRows) {
    this.dimension = dimension;
    this.tailRows = tailRows;
  }

  /** D. */
  int dimension() {
    return dimension;
  }

  /** A base and where its posts stand, made by any thread before the writer takes it. */
  record Base(BaseSegment segment, RowsById rowsById, long[] live, int doubled) {
    /** Finds every post of {@code segment}; of posts with the same id the last stands. */
    static Base of(BaseSegment segment) {
      RowsById rowsById = new RowsById(segment::postId, segment.capacity());
      long[] live = new long[Math.ceilDiv(segment.capacity(), Long.SIZE)];
      int doubled = 0;
      for (int row = 0; row < segment.capacity(); row++) {
        int before = rowsById.put(row);
        if (before != RowsById.NONE) {
          live[before / Long.SIZE] &= ~(1L << before);
          doubled++;
        }
        live[row / Long.SIZE] |= 1L << row;
      }
      return new Base(segment, rowsById, live, doubled);
    }

    /** The posts as a state of a corpus that has nothing else. */
    SegmentSet.Part part() {
      int rows = segment.capacity();
      return new SegmentSet.Part(segment, rows, live, rows - doubled);
    }

    private Entry entry() {
      Entry entry = new Entry(segment, rowsById);
      entry.rows = segment.capacity();
      entry.live = live.clone();
      entry.liveRows = segment.capacity() - doubled;
      return entry;
    }
  }

  /** Begins with the posts of a base; takes it over. */
  void start(Base base) {
    entries.addFirst(base.entry());
  }

  /** Applies a change; returns whether the corpus had the post before. */
  boolean apply(Change change) {
    boolean had = bury(change.postId());
    if (change instanceof Change.Put put) {
      append(put);
    }
    return had;
  }

  private boolean bury(long postId) {
    for (Entry entry : entries) {
      int row = entry.rowsById.row(postId);
      if (row != RowsById.NONE && entry.isLive(row)) {
        entry.set(row, false);
        return true;
      }
    }
    return false;
  }

  private void append(Change.Put put) {
    if (sealed || entries.getLast().rows == entries.getLast().segment.capacity()) {
      TailSegment tail = new TailSegment(tailRows, dimension);
      entries.addLast(new Entry(tail, new RowsById(tail::postId, tail.capacity())));
      sealed = false;
    }
    Entry last = entries.getLast();
    if (!(last.segment instanceof TailSegment tail)) {
      throw new IllegalStateException("the last segment is not one to append to");
    }
    int row = last.rows++;
    tail.write(row, put);
    last.rowsById.put(row);
    last.set(row, true);
  }

  /** Has the next post begin a new segment, so that those there now change no more but die. */
  void seal() {
    sealed = true;
  }

  /** The present state; the caller holds it. */
  SegmentSet publish() {
    return new SegmentSet(++version, entries.stream().map(Entry::part).toList());
  }

  /** Posts that can be found. */
  int liveRows() {
    return entries.stream().mapToInt(entry -> entry.liveRows).sum();
  }

  /** Rows that a compaction would take away or move to the base. */
  int looseRows() {
    int loose = 0;
    for (Entry entry : entries) {
      loose += entry.segment instanceof BaseSegment ? entry.rows - entry.liveRows : entry.rows;
    }
    return loose;
  }

  /**
   * Puts {@code base}, which holds the live rows of {@code source} in their order, in the place of
   * the segments of {@code source}. Posts that have died since are dead in the base, too. Where
   * this fails, nothing has changed.
   */
  void replace(SegmentSet source, Base base) {
    Entry compacted = base.entry();
    int row = 0;
    for (int i = 0; i < source.parts().size(); i++) {
      SegmentSet.Part before = source.parts().get(i);
      Entry now = entries.get(i);
      if (now.segment != before.segment()) {
        throw new IllegalStateException("the compacted segments are not those of the corpus");
      }
      row = bury(compacted, row, before.live(), now.live);
    }
    List<Entry> replaced = entries.subList(0, source.parts().size());
    replaced.forEach(entry -> entry.segment.release());
    replaced.clear();
    entries.addFirst(compacted);
  }

  /** Buries the rows that were live before and are not now; returns the next row of the base. */
  private static int bury(Entry compacted, int firstRow, long[] before, long[] now) {
    int row = firstRow;
    for (int word = 0; word < before.length; word++) {
      if (before[word] == now[word]) {
        row += Long.bitCount(before[word]);
        continue;
      }
      for (long left = before[word]; left != 0; left &= left - 1) {
        if ((Long.lowestOneBit(left) & now[word]) == 0) {
          compacted.set(row, false);
        }
        row++;
      }
    }
    return row;
  }

  /** Lets go of the segments; snapshots keep what they hold. */
  @Override
  public void close() {
    entries.forEach(entry -> entry.segment.release());
    entries.clear();
  }
}
