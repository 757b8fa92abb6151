package dev.phoenix.corpus;

import java.util.Arrays;

/**
 * The last row of every post id of a segment: open addressing, four bytes a slot, the ids
 * themselves lie in the segment. Confined to one thread.
 */
final class RowsById {
  /** No row. */
  static final int NONE = -1;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final Segment segment;
  private final int[] slots;
  private final int shift;

  /** Of an empty segment. */
  RowsById(Segment segment) {
    this.segment = segment;
    int bits =
        33 - Integer.numberOfLeadingZeros(Math.max(1, segment.capacity() + segment.capacity() / 2));
    this.slots = new int[1 << bits];
    this.shift = Long.SIZE - bits;
    Arrays.fill(slots, NONE);
  }

  /** Enters a row; returns the row that had its id before, or {@link #NONE}. */
  int put(int row) {
    int slot = slotOf(segment.postId(row));
    int before = slots[slot];
    slots[slot] = row;
    return before;
  }

  /** The last row of an id, or {@link #NONE}. */
  int row(long postId) {
    return slots[slotOf(postId)];
  }

  private int slotOf(long postId) {
    int slot = (int) ((postId * MULTIPLIER) >>> shift);
    while (slots[slot] != NONE && segment.postId(slots[slot]) != postId) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }
}
