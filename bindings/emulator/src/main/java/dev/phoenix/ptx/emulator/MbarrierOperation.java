package dev.phoenix.ptx.emulator;

import java.util.Map;

/** The instructions on mbarrier objects in shared memory, lane after lane. */
final class MbarrierOperation extends Operation {
  /** The instruction. */
  enum Action {
    /** Initialises an object of 8 bytes. */
    INIT,
    /** Arrives, once or several times. */
    ARRIVE,
    /** Arrives, and expects one arrival fewer from the next phase on. */
    ARRIVE_DROP,
    /** Tests whether the phase of a state has ended. */
    TEST_WAIT,
    /** Tests whether the phase of a parity has ended. */
    TEST_PARITY,
    /** Makes the thread's asynchronous copies arrive when they complete. */
    ARRIVE_COPIES,
    /** As {@link #ARRIVE_COPIES}, without incrementing the pending count. */
    ARRIVE_COPIES_NO_INCREMENT,
    /** Invalidates the object. */
    INVALIDATE
  }

  /**
   * Registers.
   *
   * @param result state or predicate, or -1
   * @param operand count, state or parity, or -1
   */
  record Registers(int result, int operand) {}

  private static final int BYTES = 8;
  private static final int MAX_COUNT = (1 << 20) - 1;

  private final Action action;
  private final AddressOperand address;
  private final MemoryOperation.Space space;
  private final Registers registers;

  MbarrierOperation(
      Action action, MemoryOperation.Space space, AddressOperand address, Registers registers) {
    this.action = action;
    this.space = space;
    this.address = address;
    this.registers = registers;
    costing(InstructionClass.BARRIER);
  }

  @Override
  void execute(Warp warp, int mask) {
    long[] addresses = warp.addresses;
    address.evaluate(warp, mask, addresses);
    int waiting = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int offset = offset(warp, lane, addresses[lane]);
      if (!execute(warp, lane, offset)) {
        waiting |= 1 << lane;
      }
    }
    if (waiting != 0) {
      warp.giveWay(this, Warp.Wait.BLOCK);
    }
  }

  private int offset(Warp warp, int lane, long given) {
    long offset = given;
    if (space == MemoryOperation.Space.GENERIC) {
      if (!MemoryOperation.inWindow(given, GlobalMemory.SHARED_WINDOW)) {
        throw misuse(warp, lane, "0x" + Long.toHexString(given) + " is not in shared memory");
      }
      offset = given - GlobalMemory.SHARED_WINDOW;
    }
    // Only INIT counts as a write: programs may order the invalidation by atomics, which the race
    // check does not model.
    boolean changes = action == Action.INIT;
    warp.block.shared.touchBarrier(warp, lane, offset, changes, this);
    return (int) offset;
  }

  /** Returns false when the lane has to wait. */
  private boolean execute(Warp warp, int lane, int offset) {
    Map<Integer, Mbarrier> live = warp.block.mbarriers;
    if (action == Action.INIT) {
      initialise(warp, lane, offset, live);
      return true;
    }
    Mbarrier barrier = existing(warp, lane, offset, live);
    switch (action) {
      case TEST_WAIT -> {
        return test(warp, lane, barrier, Mbarrier.phaseOf(warp.longs[registers.operand() + lane]));
      }
      case TEST_PARITY -> {
        int parity = warp.words[registers.operand() + lane];
        if (parity != 0 && parity != 1) {
          throw misuse(warp, lane, "a parity of " + parity);
        }
        boolean ended = (barrier.phase() & 1) != parity;
        return test(warp, lane, barrier, ended ? barrier.phase() - 1 : barrier.phase());
      }
      case ARRIVE_COPIES, ARRIVE_COPIES_NO_INCREMENT ->
          barrier.arriveWithCopies(warp, lane, action == Action.ARRIVE_COPIES);
      case INVALIDATE -> {
        live.remove(offset);
        warp.block.shared.unclaim(offset, BYTES);
      }
      default -> arrive(warp, lane, barrier);
    }
    warp.block.progress++;
    return true;
  }

  private void initialise(Warp warp, int lane, int offset, Map<Integer, Mbarrier> live) {
    int count = warp.words[registers.operand() + lane];
    if (count < 1 || count > MAX_COUNT) {
      throw misuse(warp, lane, "a count of " + count + "; from 1 to " + MAX_COUNT);
    }
    for (int other = offset - BYTES + 1; other < offset + BYTES; other++) {
      if (live.containsKey(other) && warp.block.shared.isClaimed(other, BYTES)) {
        throw misuse(
            warp,
            lane,
            "byte "
                + other
                + " of shared memory begins an mbarrier that is in use: a second"
                + " init needs mbarrier.inval before");
      }
    }
    live.put(offset, new Mbarrier(offset, count, warp.block.clocks));
    warp.block.shared.claim(offset, BYTES);
    warp.block.progress++;
  }

  private Mbarrier existing(Warp warp, int lane, int offset, Map<Integer, Mbarrier> live) {
    Mbarrier barrier = live.get(offset);
    if (barrier == null) {
      throw misuse(warp, lane, "no mbarrier is initialised at byte " + offset);
    }
    if (!warp.block.shared.isClaimed(offset, BYTES)) {
      throw misuse(warp, lane, "a plain store has overwritten the mbarrier at byte " + offset);
    }
    return barrier;
  }

  private void arrive(Warp warp, int lane, Mbarrier barrier) {
    boolean counted = registers.operand() >= 0;
    int count = counted ? warp.words[registers.operand() + lane] : 1;
    // With a count the instruction is .noComplete: at least one arrival must stay pending.
    int most = counted ? barrier.pending() - 1 : barrier.pending();
    if (count < 1 || count > most) {
      throw misuse(
          warp,
          lane,
          count
              + " arrivals at an mbarrier that waits for "
              + barrier.pending()
              + (counted ? " (.noComplete must not end the phase)" : ""));
    }
    if (registers.result() >= 0) {
      warp.longs[registers.result() + lane] = barrier.state();
    }
    if (action == Action.ARRIVE_DROP) {
      barrier.drop();
    }
    barrier.arrive(warp, count);
  }

  private boolean test(Warp warp, int lane, Mbarrier barrier, long phase) {
    if (phase != barrier.phase() && phase != barrier.phase() - 1) {
      throw misuse(
          warp,
          lane,
          "waits for phase "
              + phase
              + ", but phase "
              + barrier.phase()
              + " is under way: more threads arrive than the "
              + barrier.expected()
              + " it expects, or a state is used again");
    }
    boolean ended = phase != barrier.phase();
    int bit = 1 << lane;
    int predicates = warp.predicates[registers.result()] & ~bit;
    warp.predicates[registers.result()] = ended ? predicates | bit : predicates;
    if (ended) {
      barrier.acquire(warp);
    }
    return ended;
  }

  private EmulatorFault misuse(Warp warp, int lane, String what) {
    return fault(warp, lane, EmulatorFault.Kind.INVALID_BARRIER, what);
  }
}
