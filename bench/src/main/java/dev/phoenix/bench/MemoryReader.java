package dev.phoenix.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads memory with vector loads and adds it up as ints. Its speed is the bandwidth that scans are
 * compared with. Threads take blocks of the buffer and read each block as one or several streams
 * far apart, because one stream does not use the whole bandwidth.
 */
final class MemoryReader implements AutoCloseable {
  /** The numbers of streams worth trying. */
  static final List<Integer> STREAMS = List.of(1, 2, 4, 8);

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final long STEP = INTS.vectorByteSize();
  private static final long BLOCK_BYTES = 1 << 20;

  private final MemorySegment memory;
  private final int threads;
  private final ExecutorService pool;

  /** Creates a reader of {@code memory} with {@code threads} threads, including the caller. */
  MemoryReader(MemorySegment memory, int threads) {
    this.memory = memory;
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(Math.max(1, threads - 1), MemoryReader::daemon);
  }

  private static Thread daemon(Runnable work) {
    return Thread.ofPlatform().daemon().name("memory-reader").unstarted(work);
  }

  /** The sum of all ints, wrapping, read as {@code streams} streams at a time by every thread. */
  int sum(int streams) {
    AtomicInteger next = new AtomicInteger();
    List<Future<Integer>> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      others.add(pool.submit(() -> sumBlocks(next, streams)));
    }
    int sum = sumBlocks(next, streams);
    for (Future<Integer> other : others) {
      try {
        sum += other.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a reader failed", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while reading", e);
      }
    }
    return sum;
  }

  /** The same sum, one int at a time. */
  int plainSum() {
    int sum = 0;
    for (long at = 0; at + Integer.BYTES <= memory.byteSize(); at += Integer.BYTES) {
      sum += memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
    }
    return sum;
  }

  private int sumBlocks(AtomicInteger next, int streams) {
    int sum = 0;
    while (true) {
      long from = next.getAndIncrement() * BLOCK_BYTES;
      if (from >= memory.byteSize()) {
        return sum;
      }
      long bytes = Math.min(BLOCK_BYTES, memory.byteSize() - from);
      long each = bytes / streams / STEP * STEP;
      sum +=
          switch (streams) {
            case 1 -> one(from, each);
            case 2 -> two(from, each);
            case 4 -> four(from, each);
            case 8 -> four(from, each) + four(from + 4 * each, each);
            default -> throw new IllegalArgumentException("no loop for " + streams + " streams");
          };
      sum += tail(from + streams * each, from + bytes);
    }
  }

  private int tail(long from, long to) {
    int sum = 0;
    for (long at = from; at < to; at += Integer.BYTES) {
      sum += memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
    }
    return sum;
  }

  private IntVector load(long at) {
    return IntVector.fromMemorySegment(INTS, memory, at, ByteOrder.LITTLE_ENDIAN);
  }

  private int one(long from, long bytes) {
    IntVector a = IntVector.zero(INTS);
    for (long at = from; at < from + bytes; at += STEP) {
      a = a.add(load(at));
    }
    return a.reduceLanes(VectorOperators.ADD);
  }

  private int two(long from, long bytes) {
    IntVector a = IntVector.zero(INTS);
    IntVector b = a;
    for (long at = from; at < from + bytes; at += STEP) {
      a = a.add(load(at));
      b = b.add(load(at + bytes));
    }
    return a.add(b).reduceLanes(VectorOperators.ADD);
  }

  private int four(long from, long bytes) {
    IntVector a = IntVector.zero(INTS);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    for (long at = from; at < from + bytes; at += STEP) {
      a = a.add(load(at));
      b = b.add(load(at + bytes));
      c = c.add(load(at + 2 * bytes));
      d = d.add(load(at + 3 * bytes));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
