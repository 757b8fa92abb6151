package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.Nullable;

/**
 * The state of a warp: registers of 32 lanes, and the program counter of each group of lanes.
 *
 * <p>Diverged lanes form groups with separate program counters. The group with the lowest program
 * counter runs until it reaches the next group's, where the two merge. A group that waits for other
 * lanes (at a shuffle or a warp barrier) is parked until they arrive.
 */
final class Warp {
  /** Lanes of a warp. */
  static final int LANES = 32;

  /** State of a warp. */
  enum State {
    /** It can run. */
    RUNNING,
    /** It lets other warps run before it goes on. */
    PAUSED,
    /** It waits at a barrier of its block. */
    WAITING,
    /** All its threads have exited. */
    EXITED
  }

  /** Threads that can end the wait of a polling warp. */
  enum Wait {
    /** A thread of its block. */
    BLOCK,
    /** Any thread of the grid. */
    GRID
  }

  /** Consecutive executions of one polling instruction after which the warp yields. */
  private static final int MAX_POLLS = 8;

  final Block block;
  final int number;
  final Program program;

  /** 32-bit registers, 32 lanes each; 16-bit registers have zero upper bits. */
  final int[] words;

  /** 64-bit registers: 32 lanes each. */
  final long[] longs;

  /** Predicates: one bit per lane. */
  final int[] predicates;

  /** Scratch for the addresses of one instruction. */
  final long[] addresses = new long[LANES];

  /** Native address of the local memory of lane 0. */
  final long local;

  final AsyncCopies copies = new AsyncCopies();
  final TensorScratch tensor;
  final long[] counts = new long[Counter.COUNT];

  State state = State.EXITED;
  int next;
  int active;
  int live;

  private final LaneGroups groups = new LaneGroups();
  private int limit = Integer.MAX_VALUE;
  private long branches;
  private long longest;
  private long countedBefore;
  private int polled = -1;
  private int polls;
  private @Nullable Operation pausedAt;
  private Wait pausedFor = Wait.BLOCK;
  private int pausedLanes;

  Warp(Block block, int number, Program program, long local) {
    this.block = block;
    this.number = number;
    this.program = program;
    this.local = local;
    this.tensor = block.tensor;
    this.words = new int[program.size().words()];
    this.longs = new long[program.size().longs()];
    this.predicates = new int[program.size().predicates()];
    program.fillConstants(this);
  }

  /** Maximum number of instructions executed in one block. */
  long longest() {
    return Math.max(longest, counts[Counter.WARP_INSTRUCTIONS] - countedBefore);
  }

  /** Resets the warp for a new block, with these live lanes. */
  void start(int lanes) {
    longest = longest();
    countedBefore = counts[Counter.WARP_INSTRUCTIONS];
    state = State.RUNNING;
    next = 0;
    active = lanes;
    live = lanes;
    groups.clear();
    limit = Integer.MAX_VALUE;
    branches = 0;
    polled = -1;
    pausedAt = null;
    copies.clear();
  }

  /** Runs until it waits or ends. */
  void run() {
    Operation[] code = program.code();
    while (state == State.RUNNING) {
      if (next >= limit) {
        switchGroup();
      }
      Operation operation = code[next++];
      int mask = active;
      if (operation.guard >= 0) {
        int bits = predicates[operation.guard];
        mask &= operation.guardNegated ? ~bits : bits;
      }
      if (mask != 0) {
        counts[operation.costIndex] += Integer.bitCount(mask);
        counts[Counter.WARP_INSTRUCTIONS]++;
        operation.execute(this, mask);
      }
    }
  }

  /** Branches some of the active lanes to a target. */
  void branch(int target, int taken, Operation at) {
    if (++branches > block.grid.options.branchBudget()) {
      throw at.fault(
          this,
          Integer.numberOfTrailingZeros(taken),
          EmulatorFault.Kind.BUDGET,
          "more than "
              + block.grid.options.branchBudget()
              + " branches in one warp: an endless loop, or it waits for another block");
    }
    if (taken == active) {
      next = target;
      return;
    }
    groups.add(next, active & ~taken);
    groups.add(target, taken);
    choose(at);
  }

  /** Defers an operation for some of the active lanes; the others stay active. */
  void defer(Operation at, int lanes, int staying) {
    groups.add(at.index, lanes);
    limit = Math.min(limit, at.index);
    active = staying;
  }

  /** Ends these lanes. */
  void exit(int lanes, Operation at) {
    live &= ~lanes;
    active &= ~lanes;
    block.progress++;
    groups.unpark();
    if (active == 0) {
      if (groups.isEmpty()) {
        state = State.EXITED;
      } else {
        choose(at);
      }
    }
  }

  /** Parks the active lanes at an operation until other lanes arrive. */
  void park(Operation at, int missing) {
    if (groups.isEmpty()) {
      throw at.fault(
          this,
          Integer.numberOfTrailingZeros(missing),
          EmulatorFault.Kind.DIVERGENT_WARP,
          "lanes " + lanes(missing) + " are named but never come");
    }
    groups.addParked(at.index, active);
    choose(at);
  }

  /**
   * Records a load or an exchange that may poll in a spin loop. After repeated executions the
   * active lanes yield.
   */
  void poll(Operation at, Wait wait) {
    if (polled != at.index) {
      polled = at.index;
      polls = 0;
    } else if (++polls >= MAX_POLLS) {
      polls = 0;
      giveWay(at, wait);
    }
  }

  /** Yields to the other lanes of the warp, and to the other warps if these lanes wait too. */
  void giveWay(Operation at, Wait wait) {
    pausedAt = at;
    pausedFor = wait;
    pausedLanes = active;
    if (groups.isEmpty()) {
      state = State.PAUSED;
      return;
    }
    groups.addYielded(next, active);
    choose(at);
  }

  /** The polling operation at which the warp has paused. */
  @Nullable Operation pausedAt() {
    return state == State.PAUSED ? pausedAt : null;
  }

  /** Threads that can end the warp's wait. */
  Wait pausedFor() {
    return pausedFor;
  }

  /** The lanes that waited last. */
  int pausedLanes() {
    return pausedLanes;
  }

  /** Whether all live lanes are active. */
  boolean converged() {
    return groups.isEmpty();
  }

  private void switchGroup() {
    groups.add(next, active);
    choose(program.code()[next]);
  }

  /** Activates the earliest runnable group, merged with all groups at the same program counter. */
  private void choose(Operation at) {
    int earliest = groups.earliest();
    if (earliest < 0) {
      // All that can run have waited: it is the turn of the other warps, then of all groups.
      groups.takeTurns();
      earliest = groups.earliest();
      if (earliest < 0) {
        throw groups.stuck(this, at);
      }
      state = State.PAUSED;
    }
    next = earliest;
    active = groups.take(earliest);
    limit = groups.first();
  }

  static String lanes(int mask) {
    StringBuilder text = new StringBuilder("{");
    for (int lane = 0; lane < LANES; lane++) {
      if ((mask >>> lane & 1) != 0) {
        text.append(text.length() > 1 ? "," : "").append(lane);
      }
    }
    return text.append('}').toString();
  }

  EmulatorFault.Location location(Operation at, int lane) {
    return new EmulatorFault.Location(
        program.name(),
        at.line,
        at.text,
        EmulatorFault.Index.of(block.linear, block.grid.shape.grid()),
        EmulatorFault.Index.of(number * LANES + lane, block.grid.shape.block()));
  }
}
