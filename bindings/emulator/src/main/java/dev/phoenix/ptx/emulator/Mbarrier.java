package dev.phoenix.ptx.emulator;

import java.util.ArrayList;
import java.util.List;

/**
 * An mbarrier object (section Parallel Synchronization: mbarrier): a phase ends when as many
 * arrivals as expected have come, counting those of asynchronous copies.
 */
final class Mbarrier {
  /**
   * Asynchronous copies whose completion counts as an arrival.
   *
   * @param warp whose copies
   * @param lane whose copies
   * @param until serial number of the first copy that does not count
   */
  record Pending(Warp warp, int lane, long until) {}

  final int offset;
  private final RaceClocks clocks;
  private final List<Pending> copies = new ArrayList<>();
  private final int[] arriving;
  private int[] arrived;
  private int expected;
  private int pending;
  private long phase;

  Mbarrier(int offset, int count, RaceClocks clocks) {
    this.offset = offset;
    this.clocks = clocks;
    this.arriving = clocks.nothing();
    this.arrived = clocks.nothing();
    this.expected = count;
    this.pending = count;
  }

  long phase() {
    return phase;
  }

  /** Arrivals that the current phase still waits for. */
  int pending() {
    return pending;
  }

  /** Arrivals that each phase waits for. */
  int expected() {
    return expected;
  }

  /**
   * The state before an arrival, as arrive returns it: the phase above, the pending count below.
   */
  long state() {
    return phase << Integer.SIZE | pending;
  }

  static long phaseOf(long state) {
    return state >>> Integer.SIZE;
  }

  /** Adds arrivals, at most as many as are pending; returns whether the phase ends. */
  boolean arrive(Warp warp, int count) {
    pending -= count;
    clocks.release(warp.number, arriving);
    return finish();
  }

  /** Decrements the expected count of later phases. */
  void drop() {
    expected--;
  }

  /** Makes the completion of a lane's copies count as one arrival. */
  boolean arriveWithCopies(Warp warp, int lane, boolean increment) {
    if (increment) {
      pending++;
    }
    copies.add(new Pending(warp, lane, warp.copies.issued()));
    return finish();
  }

  /** Completes copies as late as possible: after all other arrivals. */
  private boolean finish() {
    if (pending > copies.size()) {
      return false;
    }
    for (Pending copy : copies) {
      copy.warp().copies.deliver(copy.warp(), copy.lane(), copy.until());
      clocks.release(copy.warp().number, arriving);
    }
    copies.clear();
    phase++;
    pending = expected;
    arrived = arriving.clone();
    return true;
  }

  /**
   * Orders everything before the arrivals before the later accesses of a warp that observed the end
   * of the phase.
   */
  void acquire(Warp warp) {
    clocks.acquire(warp.number, arrived);
  }
}
