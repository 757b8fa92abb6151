package dev.phoenix.feature;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * Maps every post id of a corpus to its last row. An open-addressing hash table of row numbers
 * (four bytes a slot); the ids are read from the corpus. Not thread-safe.
 */
public final class RowsById {
  /** Returned where an id has no row. */
  public static final int NONE = -1;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final IntToLongFunction postIds;
  private final int[] slots;
  private final int shift;

  /**
   * Creates an empty table.
   *
   * @param postIds returns the post id of a row
   * @param capacity the most rows that may be put
   */
  public RowsById(IntToLongFunction postIds, int capacity) {
    this.postIds = postIds;
    int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, capacity + capacity / 2));
    this.slots = new int[1 << bits];
    this.shift = Long.SIZE - bits;
    Arrays.fill(slots, NONE);
  }

  /** Adds a row; returns the previous row of its post id, or {@link #NONE}. */
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
