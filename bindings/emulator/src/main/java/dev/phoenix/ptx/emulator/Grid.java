package dev.phoenix.ptx.emulator;

import dev.phoenix.device.LaunchShape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One launch. Workers take its blocks in order. */
final class Grid {
  final Program program;
  final LaunchShape shape;
  final GlobalMemory memory;
  final EmulatorOptions options;

  private final AtomicLong nextBlock = new AtomicLong();
  private final long[] counts = new long[Counter.COUNT];
  private final TreeMap<Long, String> printed = new TreeMap<>();
  private long longest;
  private long barrierAddress;
  private long faultBlock = Long.MAX_VALUE;
  private @Nullable RuntimeException fault;

  Grid(Program program, LaunchShape shape, GlobalMemory memory, EmulatorOptions options) {
    this.program = program;
    this.shape = shape;
    this.memory = memory;
    this.options = options;
  }

  int sharedBytes() {
    return program.needs().staticSharedBytes() + shape.dynamicSharedBytes();
  }

  /**
   * Runs all blocks and returns their instruction counts.
   *
   * @param pool threads beside the calling one
   */
  InstructionCounts run(ExecutorService pool) {
    if (shape.scheduling() == LaunchShape.Scheduling.COOPERATIVE) {
      runTogether();
    } else {
      runApart(pool);
    }
    synchronized (this) {
      if (fault != null) {
        throw fault;
      }
      return InstructionCounts.of(program.name(), counts, longest);
    }
  }

  private void runApart(ExecutorService pool) {
    long helpers = Math.min(options.workers(), shape.grid().count()) - 1;
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < helpers; i++) {
      running.add(pool.submit(this::work));
    }
    work();
    for (Future<?> helper : running) {
      await(helper);
    }
  }

  /** Runs all blocks interleaved on this thread, so that they can wait for each other. */
  private void runTogether() {
    Allocation barrier = memory.allocateZeroed("grid barrier of " + program.name(), 64);
    barrierAddress = barrier.base;
    List<Block> blocks = new ArrayList<>();
    try {
      for (long index = 0; index < shape.grid().count(); index++) {
        Block block = new Block(this);
        blocks.add(block);
        block.start(index);
      }
      takeTurns(blocks);
    } finally {
      for (Block block : blocks) {
        keepPrinted(block.linear, block.takePrinted());
        addCounts(block);
        block.close();
      }
      memory.free(barrier);
    }
  }

  private void takeTurns(List<Block> blocks) {
    long seen = 0;
    int idle = 0;
    List<Block> left = new ArrayList<>(blocks);
    while (!left.isEmpty()) {
      left.removeIf(block -> !block.turn());
      long progress = blocks.stream().mapToLong(block -> block.progress).sum();
      idle = progress == seen ? idle + 1 : 0;
      seen = progress;
      if (idle > Deadlock.MAX_IDLE_ROUNDS) {
        throw Deadlock.of(blocks);
      }
    }
  }

  /** Address of the grid barrier of a cooperative launch; 0 for other launches. */
  long barrierAddress() {
    return barrierAddress;
  }

  private static void await(Future<?> helper) {
    try {
      helper.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a kernel runs", e);
    }
  }

  private void work() {
    long total = shape.grid().count();
    try (Block block = new Block(this)) {
      long index = nextBlock.getAndIncrement();
      while (index < total) {
        try {
          block.run(index);
        } catch (RuntimeException e) {
          stop(index, e);
        }
        keepPrinted(index, block.takePrinted());
        index = nextBlock.getAndIncrement();
      }
      addCounts(block);
    }
  }

  private synchronized void keepPrinted(long index, String text) {
    if (!text.isEmpty()) {
      printed.put(index, text);
    }
  }

  /** The printf output of the blocks, in block order. */
  synchronized String printed() {
    return String.join("", printed.values());
  }

  /** Keeps the fault of the lowest block index, which is reported. */
  private synchronized void stop(long index, RuntimeException e) {
    nextBlock.set(shape.grid().count());
    if (index < faultBlock) {
      faultBlock = index;
      fault = e;
    }
  }

  private synchronized void addCounts(Block block) {
    for (Warp warp : block.warps) {
      longest = Math.max(longest, warp.longest());
      for (int i = 0; i < counts.length; i++) {
        counts[i] += warp.counts[i];
      }
    }
  }
}
