package dev.phoenix.corpus;

import dev.phoenix.lifecycle.Closer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * A consistent, immutable state of one or several corpora. Later changes and compactions do not
 * affect it. It keeps its memory until it is closed. Thread-safe.
 *
 * <p>Every post has a position, which is valid in this snapshot only.
 */
public final class Snapshot implements AutoCloseable {
  private static final ValueLayout.OfFloat LITTLE_ENDIAN =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final List<SegmentSet> sets;
  private final List<SegmentSet.Part> parts = new ArrayList<>();
  private final int[] firsts;
  private final int[] corpusOfPart;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Snapshot(List<SegmentSet> sets) {
    this.sets = List.copyOf(sets);
    for (SegmentSet set : sets) {
      parts.addAll(set.parts());
    }
    this.corpusOfPart =
        IntStream.range(0, sets.size())
            .flatMap(
                corpus -> IntStream.generate(() -> corpus).limit(sets.get(corpus).parts().size()))
            .toArray();
    this.firsts = new int[parts.size()];
    for (int i = 1; i < firsts.length; i++) {
      firsts[i] = Math.addExact(firsts[i - 1], parts.get(i - 1).segment().capacity());
    }
  }

  /** Takes over the caller's holds of {@code sets}, which are released if this throws. */
  static Snapshot of(List<SegmentSet> sets) {
    return Closer.open(
        held -> {
          sets.forEach(set -> held.own(set::release));
          return new Snapshot(sets);
        });
  }

  /**
   * Joins the corpora of {@code snapshots} in order and takes ownership of them unless it throws.
   */
  static Snapshot join(List<Snapshot> snapshots) {
    List<SegmentSet> all = new ArrayList<>();
    for (Snapshot snapshot : snapshots) {
      snapshot.requireOpen();
      all.addAll(snapshot.sets);
    }
    Snapshot joined = new Snapshot(all);
    snapshots.forEach(snapshot -> snapshot.closed.set(true));
    return joined;
  }

  /** The number of live posts; a post that is in two corpora counts twice. */
  public int size() {
    return sets.stream().mapToInt(SegmentSet::liveRows).sum();
  }

  /** The version of the corpus state; the sum of the versions for several corpora. */
  public long version() {
    return sets.stream().mapToLong(SegmentSet::version).sum();
  }

  /** The number of corpora. */
  int corpora() {
    return sets.size();
  }

  List<SegmentSet.Part> parts() {
    requireOpen();
    return parts;
  }

  /** The position of a part's row. */
  int position(int part, int row) {
    return firsts[part] + row;
  }

  /** The id of the post at a position: 64 bits, unsigned. */
  public long postId(int position) {
    int part = part(position);
    return segment(part).postId(position - firsts[part]);
  }

  /** The id of the author of the post at a position: 64 bits, unsigned. */
  public long authorId(int position) {
    int part = part(position);
    return segment(part).authorId(position - firsts[part]);
  }

  /** The index of the snapshot's corpus that holds the post at a position, from 0. */
  public int corpus(int position) {
    return corpusOfPart[part(position)];
  }

  /** The topic of the post at a position; empty where it has none. */
  public String topic(int position) {
    int part = part(position);
    return segment(part).topic(position - firsts[part]);
  }

  /** The attributes of the post at a position. */
  public long attributes(int position) {
    int part = part(position);
    return segment(part).attributes(position - firsts[part]);
  }

  /** When the post at a position was created, in seconds since the epoch; 0 where unknown. */
  public long created(int position) {
    int part = part(position);
    return segment(part).created(position - firsts[part]);
  }

  /** Copies the vector [D] of the post at a position to {@code to[at..]}. */
  public void copyVector(int position, float[] to, int at) {
    int part = part(position);
    Segment segment = segment(part);
    int columns = (int) (segment.vectors().byteSize() / Float.BYTES / segment.capacity());
    long from = (long) (position - firsts[part]) * columns * Float.BYTES;
    MemorySegment.copy(segment.vectors(), LITTLE_ENDIAN, from, to, at, columns);
  }

  /**
   * The position of the last added row, whether or not it is still live.
   *
   * @throws IllegalStateException if there is no row
   */
  public int lastPosition() {
    for (int part = parts().size() - 1; part >= 0; part--) {
      if (parts.get(part).rows() > 0) {
        return position(part, parts.get(part).rows() - 1);
      }
    }
    throw new IllegalStateException("the corpus is empty");
  }

  private Segment segment(int part) {
    requireOpen();
    return parts.get(part).segment();
  }

  private int part(int position) {
    int part = firsts.length - 1;
    while (part >= 0 && firsts[part] > position) {
      part--;
    }
    if (part < 0 || position < 0 || position - firsts[part] >= parts.get(part).rows()) {
      throw new IndexOutOfBoundsException("no post stands at position " + position);
    }
    return part;
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the snapshot is closed");
    }
  }

  /** Releases the state; memory that no other holder needs is freed. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      sets.forEach(SegmentSet::release);
    }
  }
}
