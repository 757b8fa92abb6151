package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/**
 * Vector clocks of a block's warps: {@code known(w, x)} is the clock of warp x before which its
 * accesses happened before the current operation of warp w. A barrier joins the clocks of its
 * participants. {@code bar.warp.sync} orders the lanes of one warp.
 */
final class RaceClocks {
  private final int warps;
  private final int[] known;
  private int highest;

  RaceClocks(int warps) {
    this.warps = warps;
    this.known = new int[warps * warps];
  }

  /**
   * Starts a new block: all earlier accesses are ordered before it. Returns false when the clocks
   * would overflow.
   */
  boolean restart() {
    highest++;
    if (highest > RaceStamp.MAX_CLOCK / 2) {
      highest = 1;
      Arrays.fill(known, highest);
      return false;
    }
    Arrays.fill(known, highest);
    return true;
  }

  /** The clock of a warp's current accesses. */
  int clock(int warp) {
    return known[warp * warps + warp];
  }

  /** Whether a stamped access happened before the thread's current access. */
  boolean before(long stamp, int warp, int lane) {
    int other = RaceStamp.warp(stamp);
    return RaceStamp.clock(stamp) < known[warp * warps + other]
        || (other == warp && RaceStamp.lane(stamp) == lane);
  }

  /** Advances a warp's clock: its lanes have synchronised. */
  void advance(int warp) {
    int clock = ++known[warp * warps + warp];
    highest = Math.max(highest, clock);
  }

  /** Zero clocks, for a barrier without arrivals. */
  int[] nothing() {
    return new int[warps];
  }

  /** Joins a warp's clocks into a barrier's. */
  void release(int warp, int[] barrier) {
    advance(warp);
    for (int x = 0; x < warps; x++) {
      barrier[x] = Math.max(barrier[x], known[warp * warps + x]);
    }
  }

  /** Joins a barrier's clocks into a warp's. */
  void acquire(int warp, int[] barrier) {
    for (int x = 0; x < warps; x++) {
      if (x != warp) {
        known[warp * warps + x] = Math.max(known[warp * warps + x], barrier[x]);
      }
    }
  }

  /** Joins the clocks of the warps in a mask. */
  void join(int mask) {
    for (int warp = 0; warp < warps; warp++) {
      if ((mask >>> warp & 1) != 0) {
        advance(warp);
      }
    }
    for (int x = 0; x < warps; x++) {
      int most = 0;
      for (int w = 0; w < warps; w++) {
        if ((mask >>> w & 1) != 0) {
          most = Math.max(most, known[w * warps + x]);
        }
      }
      for (int w = 0; w < warps; w++) {
        if ((mask >>> w & 1) != 0) {
          known[w * warps + x] = most;
        }
      }
    }
  }
}
