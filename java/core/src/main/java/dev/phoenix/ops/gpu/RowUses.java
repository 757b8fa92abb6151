package dev.phoenix.ops.gpu;

import java.util.Arrays;

/**
 * Uses of rows, those of one row side by side in their order: what sums of their gradients run
 * over.
 */
final class RowUses {
  private final int[] order;
  private final int[] starts;
  private final int[] targets;
  private final int uses;
  private final int slots;

  private RowUses(int[] order, int[] starts, int[] targets) {
    this.order = order;
    this.starts = starts;
    this.targets = targets;
    this.uses = order.length;
    this.slots = targets.length;
  }

  /**
   * Sorts uses by their row.
   *
   * @param rows the row of every use, below {@code limit}; negative: none
   * @param count how many uses
   */
  static RowUses of(int[] rows, int count, int limit) {
    int[] ends = new int[limit + 1];
    for (int use = 0; use < count; use++) {
      if (rows[use] >= 0) {
        ends[rows[use] + 1]++;
      }
    }
    int distinct = 0;
    for (int row = 0; row < limit; row++) {
      distinct += ends[row + 1] > 0 ? 1 : 0;
    }
    int[] starts = new int[distinct + 1];
    int[] targets = new int[distinct];
    int slot = 0;
    for (int row = 0; row < limit; row++) {
      if (ends[row + 1] > 0) {
        starts[slot + 1] = starts[slot] + ends[row + 1];
        targets[slot++] = row;
      }
      ends[row + 1] += ends[row];
    }
    int[] order = new int[ends[limit]];
    int[] next = Arrays.copyOf(ends, limit);
    for (int use = 0; use < count; use++) {
      if (rows[use] >= 0) {
        order[next[rows[use]]++] = use;
      }
    }
    return new RowUses(order, starts, targets);
  }

  /** The uses, row by row. */
  int[] order() {
    return order;
  }

  /** Where a slot's uses begin, and where the last one's end. */
  int[] starts() {
    return starts;
  }

  /** The row of every slot. */
  int[] targets() {
    return targets;
  }

  /** How many uses have a row. */
  int uses() {
    return uses;
  }

  /** How many rows are used. */
  int slots() {
    return slots;
  }
}
