package dev.phoenix.corpus;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Posts in the order in which they came, with room for {@link #capacity()} of them. Rows are added
 * at the end and never changed. The memory is freed when the last that holds the segment lets go.
 */
abstract sealed class Segment permits BaseSegment, TailSegment {
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Rows that there is room for. */
  abstract int capacity();

  /** float32 [capacity, D], little-endian, possibly unaligned. */
  abstract MemorySegment vectors();

  abstract long postId(int row);

  abstract long authorId(int row);

  /** The post's topic; empty where it has none. */
  abstract String topic(int row);

  abstract long attributes(int row);

  /** When the post was created, in seconds since the epoch; 0 where unknown. */
  abstract long created(int row);

  /** Gives the memory back; called once. */
  abstract void free();

  /** Bytes outside the heap. */
  final long bytes() {
    return isFree() ? 0 : vectors().byteSize();
  }

  /** Whether the memory has been given back. */
  final boolean isFree() {
    return holders.get() == 0;
  }

  /** Holds the segment; only those may who know that another holds it meanwhile. */
  final void retain() {
    int before = holders.getAndIncrement();
    if (before <= 0) {
      throw new IllegalStateException("a segment was retained after it was freed");
    }
  }

  /** Lets go of the segment. */
  final void release() {
    int left = holders.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("a segment was released more often than retained");
    }
    if (left == 0) {
      free();
    }
  }
}
