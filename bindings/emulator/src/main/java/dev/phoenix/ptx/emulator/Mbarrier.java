package dev.phoenix.ptx.emulator;

import java.util.ArrayList;
import java.util.List;

/**
 * An mbarrier object (section Parallel Synchronization: mbarrier): a phase ends when as many
 * arrivals as expected have come, counting those of asynchronous copies.
 */
final class Mbarrier {
  /**
   * Copies whose end counts as an arrival.
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

  /** Takes arrivals, at most as many as are pending; returns whether they end the phase. */
  boolean arrive(Warp warp, int count) {
    pending -= count;
    clocks.release(warp.number, arriving);
    return finish();
  }

  /** Lowers the count of the phases to come. */
  void drop() {
    expected--;
  }

  /** Lets the copies of a lane count as one arrival when they have ended. */
  boolean arriveWithCopies(Warp warp, int lane, boolean increment) {
    if (increment) {
      pending++;
    }
    copies.add(new Pending(warp, lane, warp.copies.issued()));
    return finish();
  }

  /** Copies end as late as they may: when everything else has arrived. */
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

  /** A warp has seen that a phase has ended: what came before the arrivals is before its next. */
  void acquire(Warp warp) {
    clocks.acquire(warp.number, arrived);
  }
}
