package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/** The sixteen barriers of a block (section bar, barrier). */
final class Barriers {
  private static final int COUNT = 16;

  private final Block block;
  private final int[] arrived = new int[COUNT];
  private final int[] expected = new int[COUNT];
  private final int[] sum = new int[COUNT];
  private final int[] and = new int[COUNT];
  private final Operation[] origin = new Operation[COUNT];

  Barriers(Block block) {
    this.block = block;
  }

  void clear() {
    Arrays.fill(arrived, 0);
    Arrays.fill(and, 1);
    Arrays.fill(sum, 0);
  }

  /**
   * A warp arrives.
   *
   * @param threads how many must arrive, or 0 for all of the block
   * @param votes for a reduction: mask of the lanes whose predicate holds
   */
  void arrive(Warp warp, int barrier, int threads, int votes, Operation at) {
    if (arrived[barrier] != 0) {
      check(warp, barrier, threads, at);
    }
    origin[barrier] = at;
    expected[barrier] = threads;
    arrived[barrier] |= 1 << warp.number;
    sum[barrier] += Integer.bitCount(votes);
    if (votes != warp.live) {
      and[barrier] = 0;
    }
  }

  private void check(Warp warp, int barrier, int threads, Operation at) {
    if ((arrived[barrier] >>> warp.number & 1) != 0) {
      throw divergent(warp, at, "the warp has arrived at barrier " + barrier + " before");
    }
    if (expected[barrier] != threads) {
      throw divergent(
          warp, at, "barrier " + barrier + " waits for " + expected[barrier] + " threads");
    }
    if (threads == 0 && origin[barrier].index != at.index) {
      throw divergent(
          warp, at, "other warps wait at barrier " + barrier + " of line " + origin[barrier].line);
    }
  }

  static EmulatorFault divergent(Warp warp, Operation at, String why) {
    int lane = Integer.numberOfTrailingZeros(warp.active);
    return at.fault(warp, lane, EmulatorFault.Kind.DIVERGENT_BARRIER, why);
  }

  /**
   * Releases every barrier at which all expected threads have arrived; returns whether there was
   * one.
   */
  boolean release() {
    boolean any = false;
    for (int barrier = 0; barrier < COUNT; barrier++) {
      if (arrived[barrier] != 0 && complete(barrier)) {
        release(barrier);
        any = true;
      }
    }
    return any;
  }

  private boolean complete(int barrier) {
    if (expected[barrier] == 0) {
      return arrived[barrier] == block.liveWarps();
    }
    return Integer.bitCount(arrived[barrier]) * Warp.LANES == expected[barrier];
  }

  private void release(int barrier) {
    int met = arrived[barrier];
    arrived[barrier] = 0;
    block.clocks.join(met);
    for (Warp warp : block.warps) {
      if ((met >>> warp.number & 1) != 0 && warp.state == Warp.State.WAITING) {
        warp.state = Warp.State.RUNNING;
        if (warp.program.code()[warp.next - 1] instanceof BarrierOperation operation) {
          operation.complete(warp, sum[barrier], and[barrier] != 0);
        }
      }
    }
    sum[barrier] = 0;
    and[barrier] = 1;
  }

  /** The fault to report if all live warps wait. */
  EmulatorFault stuck() {
    for (int barrier = 0; barrier < COUNT; barrier++) {
      for (Warp warp : block.warps) {
        if (warp.state == Warp.State.WAITING && (arrived[barrier] >>> warp.number & 1) != 0) {
          return divergent(
              warp,
              origin[barrier],
              "warps "
                  + Warp.lanes(arrived[barrier])
                  + " wait at barrier "
                  + barrier
                  + "; of the live warps "
                  + Warp.lanes(block.liveWarps())
                  + " no other can come");
        }
      }
    }
    throw new IllegalStateException("no warp runs and none waits");
  }
}
