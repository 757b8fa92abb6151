package dev.phoenix.ptx.emulator;

/** A barrier of the block, with or without a reduction. */
final class BarrierOperation extends Operation {
  /** For barriers that reduce nothing. */
  static final Reduction NO_REDUCTION = new Reduction("", -1, -1);

  /**
   * Barrier and participants.
   *
   * @param barrier register with its number
   * @param threads register with the number of threads to wait for, or -1 for all
   * @param aligned whether all threads of a warp must come together
   * @param waits whether to wait, or only to arrive
   */
  record Meeting(int barrier, int threads, boolean aligned, boolean waits) {
    static Meeting waiting(int barrier, int threads, boolean aligned) {
      return new Meeting(barrier, threads, aligned, true);
    }
  }

  /**
   * What to reduce.
   *
   * @param operation popc, and, or; empty for nothing
   * @param vote predicate of each thread
   * @param target register of the result
   */
  record Reduction(String operation, int vote, int target) {}

  private final Meeting meeting;
  private final Reduction reduction;

  BarrierOperation(Meeting meeting, Reduction reduction) {
    this.meeting = meeting;
    this.reduction = reduction;
    costing(InstructionClass.BARRIER);
  }

  @Override
  void execute(Warp warp, int mask) {
    int missing = warp.live & ~mask;
    if (missing != 0) {
      if (meeting.aligned() || (missing & warp.active) != 0) {
        throw Barriers.divergent(
            warp, this, "lanes " + Warp.lanes(missing) + " of the warp are elsewhere");
      }
      warp.park(this, missing);
      return;
    }
    int lane = Integer.numberOfTrailingZeros(mask);
    int barrier = warp.words[meeting.barrier() + lane];
    int threads = meeting.threads() < 0 ? 0 : warp.words[meeting.threads() + lane];
    if (barrier < 0 || barrier > 15 || threads % Warp.LANES != 0) {
      throw fault(
          warp,
          lane,
          EmulatorFault.Kind.INVALID_OPERAND,
          "barrier " + barrier + " for " + threads + " threads");
    }
    int votes = reduction.vote() < 0 ? mask : warp.predicates[reduction.vote()] & mask;
    warp.block.barriers.arrive(warp, barrier, threads, votes, this);
    if (meeting.waits()) {
      warp.state = Warp.State.WAITING;
    }
  }

  /** Delivers the reduction when all have met. */
  void complete(Warp warp, int count, boolean all) {
    switch (reduction.operation()) {
      case "popc" ->
          java.util.Arrays.fill(
              warp.words, reduction.target(), reduction.target() + Warp.LANES, count);
      case "and" -> warp.predicates[reduction.target()] = all ? -1 : 0;
      case "or" -> warp.predicates[reduction.target()] = count > 0 ? -1 : 0;
      default -> {
        // Nothing was reduced.
      }
    }
  }
}
