package dev.phoenix.corpus;

import dev.phoenix.feature.RowsById;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mutable segments of a corpus: applies changes and publishes immutable states. Confined to the
 * writer thread.
 */
final class Segments implements AutoCloseable {
  private final int dimension;
  private final int tailRows;
  private final ArrayList<Entry> entries = new ArrayList<>();

  /** Empty segments for posts that {@link #makeRoom} expects. */
  private final ArrayDeque<Entry> spare = new ArrayDeque<>();

  private long version;
  private boolean sealed = true;

  /** A segment with its mutable state. */
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

    /** Makes {@link #live} an array that no snapshot has. */
    void own() {
      if (published) {
        live = live.clone();
        published = false;
      }
    }

    void set(int row, boolean alive) {
      if (isLive(row) == alive) {
        return;
      }
      own();
      live[row / Long.SIZE] ^= 1L << row;
      liveRows += alive ? 1 : -1;
    }

    SegmentSet.Part part() {
      published = true;
      return new SegmentSet.Part(segment, rows, live, liveRows);
    }
  }

  /**
   * Creates an empty corpus.
   *
   * @param dimension D
   * @param tailRows capacity of a new segment
   */
  Segments(int dimension, int tailRows) {
    this.dimension = dimension;
    this.tailRows = tailRows;
  }

  /** D. */
  int dimension() {
    return dimension;
  }

  /** A base and its index of posts, which any thread may create before the writer uses it. */
  record Base(BaseSegment segment, RowsById rowsById, long[] live, int doubled) {
    /** Indexes the posts of {@code segment}; of posts with the same id, the last one is live. */
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

    /** The state of the base alone. */
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

  /** Adds a base as the first segment and takes ownership of it. */
  void start(Base base) {
    entries.addFirst(base.entry());
  }

  /**
   * Allocates all that {@link #apply} needs for {@code changes}. Called before they are written to
   * the log, so that no change that is in the log fails for want of memory. If this throws, nothing
   * has changed.
   */
  void makeRoom(List<Change> changes) {
    long puts = 0;
    for (Change change : changes) {
      puts += change instanceof Change.Put ? 1 : 0;
      if (change instanceof Change.OfPost ofPost) {
        Entry holder = holder(ofPost.postId());
        if (holder != null) {
          holder.own();
        }
      }
    }
    if (puts == 0) {
      return;
    }
    long free = (long) spare.size() * tailRows;
    if (!sealed) {
      Entry last = entries.getLast();
      last.own();
      free += last.segment.capacity() - last.rows;
    }
    for (; free < puts; free += tailRows) {
      TailSegment tail = new TailSegment(tailRows, dimension);
      spare.addLast(new Entry(tail, new RowsById(tail::postId, tail.capacity())));
    }
    entries.ensureCapacity(entries.size() + spare.size());
  }

  /** Applies a change; returns whether the corpus had the post before. */
  boolean apply(Change.OfPost change) {
    boolean had = bury(change.postId());
    if (change instanceof Change.Put put) {
      append(put);
    }
    return had;
  }

  private boolean bury(long postId) {
    Entry holder = holder(postId);
    if (holder == null) {
      return false;
    }
    holder.set(holder.rowsById.row(postId), false);
    return true;
  }

  /** The segment in which a post is live; null if the corpus does not have it. */
  private @Nullable Entry holder(long postId) {
    for (Entry entry : entries) {
      int row = entry.rowsById.row(postId);
      if (row != RowsById.NONE && entry.isLive(row)) {
        return entry;
      }
    }
    return null;
  }

  private void append(Change.Put put) {
    if (sealed || entries.getLast().rows == entries.getLast().segment.capacity()) {
      if (spare.isEmpty()) {
        makeRoom(List.of(put));
      }
      entries.addLast(spare.removeFirst());
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

  /** Makes the next post start a new segment, so that existing segments get no more rows. */
  void seal() {
    sealed = true;
  }

  /** Publishes the current state; the caller is its holder. */
  SegmentSet publish() {
    return new SegmentSet(++version, entries.stream().map(Entry::part).toList());
  }

  /** The number of live posts. */
  int liveRows() {
    return entries.stream().mapToInt(entry -> entry.liveRows).sum();
  }

  /** The number of rows that a compaction would drop or move to the base. */
  int looseRows() {
    int loose = 0;
    for (Entry entry : entries) {
      loose += entry.segment instanceof BaseSegment ? entry.rows - entry.liveRows : entry.rows;
    }
    return loose;
  }

  /**
   * Replaces the segments of {@code source} by {@code base}, which holds the live rows of {@code
   * source} in their order. Posts that have been removed or replaced since are marked dead in the
   * base. If this throws, nothing has changed.
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

  /**
   * Marks the rows dead that were live in {@code before} but are not in {@code now}; returns the
   * next row of the base.
   */
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

  /** Releases the segments; open snapshots keep theirs. */
  @Override
  public void close() {
    entries.forEach(entry -> entry.segment.release());
    entries.clear();
    spare.forEach(entry -> entry.segment.release());
    spare.clear();
  }
}
