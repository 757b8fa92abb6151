package dev.phoenix.feature;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * The last row of every post id of a corpus: open addressing, four bytes a slot, the ids themselves
 * lie in the corpus. Confined to one thread.
 */
public final class RowsById {
  /** No row. */
  public static final int NONE = -1;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final IntToLongFunction postIds;
  private final int[] slots;
  private final int shift;

  /**
   * No rows yet.
   *
   * @param postIds the id of the post in a row
   * @param capacity rows that may be entered
   */
  public RowsById(IntToLongFunction postIds, int capacity) {
    this.postIds = postIds;
    int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, capacity + capacity / 2));
    this.slots = new int[1 << bits];
    this.shift = Long.SIZE - bits;
    Arrays.fill(slots, NONE);
  }

  /** Enters a row; returns the row that had its id before, or {@link #NONE}. */
  public int put(int row) {
    int slot = slotOf(postIds.applyAsLong(row));
    int before = slots[slot];
    slots[slot] = row;
    return before;
  }

  /** The last row of an id, or {@link #NONE}. */
  public int row(long postId) {
    return slots[slotOf(postId)];
  }

  private int slotOf(long postId) {
    int slot = (int) ((postId * MULTIPLIER) >>> shift);
    while (slots[slot] != NONE && postIds.applyAsLong(slots[slot]) != postId) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }
}
