package dev.phoenix.corpus;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A block of at most {@link #capacity()} posts in the order of arrival. Rows are appended and never
 * changed. Reference-counted: the memory is freed when the last holder releases the segment.
 */
abstract sealed class Segment permits BaseSegment, TailSegment {
  private final AtomicInteger holders = new AtomicInteger(1);

  /** The most rows of the segment. */
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

  /** Frees the memory; called once. */
  abstract void free();

  /** Bytes outside the heap. */
  final long bytes() {
    return isFree() ? 0 : vectors().byteSize();
  }

  /** Whether the memory has been freed. */
  final boolean isFree() {
    return holders.get() == 0;
  }

  /** Adds a holder. The caller must know that another holder keeps the segment during the call. */
  final void retain() {
    int before = holders.getAndIncrement();
    if (before <= 0) {
      throw new IllegalStateException("a segment was retained after it was freed");
    }
  }

  /** Removes a holder. */
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
