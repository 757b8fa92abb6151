package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/**
 * Vector clocks of a block's warps: {@code known(w, x)} is the clock of warp x up to which (not
 * included) its accesses happened before what warp w does now. A barrier joins the clocks of those
 * that meet there. {@code bar.warp.sync} orders the lanes of one warp.
 */
final class RaceClocks {
  private final int warps;
  private final int[] known;
  private int highest;

  RaceClocks(int warps) {
    this.warps = warps;
    this.known = new int[warps * warps];
  }

  /** A new block begins: everything before is past. Returns false when the clocks have run out. */
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

  /** The clock that stamps the accesses a warp makes now. */
  int clock(int warp) {
    return known[warp * warps + warp];
  }

  /** Whether a stamped access happened before anything the thread does now. */
  boolean before(long stamp, int warp, int lane) {
    int other = RaceStamp.warp(stamp);
    return RaceStamp.clock(stamp) < known[warp * warps + other]
        || (other == warp && RaceStamp.lane(stamp) == lane);
  }

  /** The lanes of a warp have waited for each other. */
  void advance(int warp) {
    int clock = ++known[warp * warps + warp];
    highest = Math.max(highest, clock);
  }

  /** Clocks before everything, for a barrier that nobody has arrived at. */
  int[] nothing() {
    return new int[warps];
  }

  /** A warp adds what it has done and knows to a barrier's clocks. */
  void release(int warp, int[] barrier) {
    advance(warp);
    for (int x = 0; x < warps; x++) {
      barrier[x] = Math.max(barrier[x], known[warp * warps + x]);
    }
  }

  /** A warp learns what a barrier's clocks say. */
  void acquire(int warp, int[] barrier) {
    for (int x = 0; x < warps; x++) {
      if (x != warp) {
        known[warp * warps + x] = Math.max(known[warp * warps + x], barrier[x]);
      }
    }
  }

  /** The warps of a mask have met. */
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
