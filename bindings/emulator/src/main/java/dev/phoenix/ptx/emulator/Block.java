package dev.phoenix.ptx.emulator;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * The state of a running block: its warps, shared memory and barriers. A worker reuses it for one
 * block after the other.
 */
final class Block implements AutoCloseable {
  final Grid grid;
  final RaceClocks clocks;
  final SharedMemory shared;
  final Warp[] warps;
  final Barriers barriers;
  final Map<Integer, Mbarrier> mbarriers = new HashMap<>();
  final TensorScratch tensor = new TensorScratch();

  /** Incremented by every action that may end the wait of another thread. */
  long progress;

  private long seen;

  /** Linear index of the running block, x fastest. */
  long linear;

  private final StringBuilder printed = new StringBuilder();
  private final Arena localArena = Arena.ofShared();

  Block(Grid grid) {
    this.grid = grid;
    int threads = (int) grid.shape.block().count();
    int count = Math.ceilDiv(threads, Warp.LANES);
    Program program = grid.program;
    this.clocks = new RaceClocks(count);
    this.shared = new SharedMemory(grid.sharedBytes(), clocks, grid.options.checks());
    this.barriers = new Barriers(this);
    this.warps = new Warp[count];
    long perWarp = Math.max(16, (long) program.localBytes() * Warp.LANES);
    long local = localArena.allocate(perWarp * count, 16).address();
    for (int i = 0; i < count; i++) {
      warps[i] = new Warp(this, i, program, local + i * perWarp);
    }
  }

  /** Runs one block to its end. */
  void run(long index) {
    start(index);
    int idle = 0;
    while (turn()) {
      idle = progress == seen ? idle + 1 : 0;
      seen = progress;
      if (idle > Deadlock.MAX_IDLE_ROUNDS && Deadlock.isInside(this)) {
        throw Deadlock.of(this);
      }
    }
  }

  /** Initialises the state for a block. */
  void start(long index) {
    linear = index;
    shared.restart();
    if (!grid.options.checks().races()) {
      clocks.restart();
    }
    barriers.clear();
    mbarriers.clear();
    int threads = (int) grid.shape.block().count();
    for (Warp warp : warps) {
      int lanes = Math.min(Warp.LANES, threads - warp.number * Warp.LANES);
      SpecialRegisters.fill(warp);
      warp.start(lanes == Warp.LANES ? -1 : (1 << lanes) - 1);
    }
  }

  /** Runs each warp until it waits, pauses or ends; returns whether any warp is still live. */
  boolean turn() {
    boolean ran = false;
    boolean left = false;
    for (Warp warp : warps) {
      if (warp.state == Warp.State.PAUSED) {
        warp.state = Warp.State.RUNNING;
      }
      if (warp.state == Warp.State.RUNNING) {
        ran = true;
        warp.run();
      }
      left |= warp.state != Warp.State.EXITED;
    }
    if (left && !ran) {
      throw barriers.stuck();
    }
    if (left && barriers.release()) {
      progress++;
    }
    return left;
  }

  /** Appends to the printf output of the block. */
  void print(String text) {
    printed.append(text);
  }

  /** Returns and clears the printf output of the block. */
  String takePrinted() {
    String text = printed.toString();
    printed.setLength(0);
    return text;
  }

  /** One bit per warp that has not exited. */
  int liveWarps() {
    int mask = 0;
    for (Warp warp : warps) {
      if (warp.state != Warp.State.EXITED) {
        mask |= 1 << warp.number;
      }
    }
    return mask;
  }

  @Override
  public void close() {
    shared.close();
    localArena.close();
  }
}
