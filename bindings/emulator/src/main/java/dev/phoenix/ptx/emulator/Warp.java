package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.Nullable;

/**
 * 32 threads in step: their registers, and where each group of lanes is.
 *
 * <p>Lanes that have parted form groups, each with its own place in the code. The group that is
 * earliest in the code runs, until it reaches the place of the next one and the two become one
 * again. A group that waits for lanes elsewhere (a shuffle, a warp barrier) is parked until they
 * come.
 */
final class Warp {
  /** Lanes of a warp. */
  static final int LANES = 32;

  /** What a warp does. */
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

  /** Who can end what a polling warp waits for. */
  enum Wait {
    /** A thread of its block. */
    BLOCK,
    /** Any thread of the grid. */
    GRID
  }

  /** Executions of one polling instruction in a row after which other threads get their turn. */
  private static final int MAX_POLLS = 8;

  final Block block;
  final int number;
  final Program program;

  /** 32-bit registers: 32 lanes each; 16-bit ones hold zeros above. */
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

  /** The most instructions that the warp executed in one block. */
  long longest() {
    return Math.max(longest, counts[Counter.WARP_INSTRUCTIONS] - countedBefore);
  }

  /** Starts over with these lanes. */
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

  /** Sends some of the active lanes elsewhere. */
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

  /** Leaves some of the active lanes at an operation to run it later; the others stay active. */
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

  /** Lets the active lanes wait at an operation for lanes that are elsewhere. */
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
   * Notes a load or an exchange that a loop may be waiting with: when it is executed again and
   * again, the others get their turn.
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

  /**
   * Lets the other lanes of the warp, and when these wait too the other warps, run before the
   * active lanes go on: they wait for something.
   */
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

  /** What the warp last waited with, when it has paused. */
  @Nullable Operation pausedAt() {
    return state == State.PAUSED ? pausedAt : null;
  }

  /** Who can end what the warp waits for. */
  Wait pausedFor() {
    return pausedFor;
  }

  /** The lanes that waited last. */
  int pausedLanes() {
    return pausedLanes;
  }

  /** Whether all live lanes are here. */
  boolean converged() {
    return groups.isEmpty();
  }

  private void switchGroup() {
    groups.add(next, active);
    choose(program.code()[next]);
  }

  /** Makes the earliest group that can run the active one, with all that stand where it does. */
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
