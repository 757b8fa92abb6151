package dev.phoenix.ops.gpu;

import java.util.Arrays;

/** Uses of rows, grouped by row in their original order, over which gradients are summed. */
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
   * @param rows the row of every use, below {@code limit}; negative for no row
   * @param count the number of uses
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

  /** The uses, grouped by row. */
  int[] order() {
    return order;
  }

  /** The first use of every slot, and the number of uses at the end. */
  int[] starts() {
    return starts;
  }

  /** The row of every slot. */
  int[] targets() {
    return targets;
  }

  /** The number of uses with a row. */
  int uses() {
    return uses;
  }

  /** The number of distinct rows. */
  int slots() {
    return slots;
  }
}
