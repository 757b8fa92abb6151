package dev.phoenix.ops.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run the parts of one operation at a time, the calling thread included. The steps of
 * a forward pass take tens of microseconds, so workers spin between steps and sleep only after
 * about 50 microseconds without work.
 *
 * <p>The caller waits for parts, not for workers: a worker that the operating system has suspended
 * causes no delay unless it holds a part. Where the process may use fewer cores than the team has
 * threads, the others sleep. Not reentrant; one caller at a time.
 */
final class Team implements AutoCloseable {
  /** An operation that is split into parts. */
  interface Work {
    /**
     * Computes part {@code part}; {@code member} < {@link Team#size} is the index of the thread,
     * for its scratch memory.
     */
    void run(int part, int member);
  }

  /** About 50 microseconds: longer than any gap between two steps of one pass. */
  private static final int SPINS = 2_000;

  /** Operations after which cores are counted again; a count takes microseconds. */
  private static final int OPERATIONS_PER_COUNT = 4096;

  /**
   * The round in the high half and the number of unclaimed parts in the low half. They share a word
   * so that a claim can succeed only in the round that it was made for.
   */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Worker[] workers;

  /** The number of cores that the process may use now. */
  private final IntSupplier cores;

  /** Workers that help; more than there are cores would only take turns with the caller. */
  private int helpers;

  private volatile boolean closed;
  private @Nullable Work work;
  private int operations;

  private Team(int size, IntSupplier cores) {
    this.cores = cores;
    workers = new Worker[size - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
    countHelpers();
  }

  private void countHelpers() {
    helpers = Math.clamp(cores.getAsInt() - 1L, 0, workers.length);
  }

  /** Creates a team of {@code size} threads, the caller included. */
  static Team create(int size) {
    return create(size, Runtime.getRuntime()::availableProcessors);
  }

  /**
   * Creates a team on a machine of {@code cores} cores, whose number may change: a container's
   * limit, or the cores that a process is pinned to.
   */
  static Team create(int size, IntSupplier cores) {
    if (size < 1) {
      throw new IllegalArgumentException("a team needs at least 1 thread, asked for " + size);
    }
    Team team = new Team(size, cores);
    for (Worker worker : team.workers) {
      worker.thread.start();
    }
    return team;
  }

  /** The number of threads, the caller included. */
  int size() {
    return workers.length + 1;
  }

  /** Runs parts 0..count-1 of {@code newWork}, in any order, and returns when all have finished. */
  void run(Work newWork, int count) {
    if (closed) {
      throw new IllegalStateException("the team is closed");
    }
    if (++operations % OPERATIONS_PER_COUNT == 0) {
      countHelpers();
    }
    if (count <= 1 || helpers == 0) {
      for (int part = 0; part < count; part++) {
        newWork.run(part, 0);
      }
      return;
    }
    work = newWork;
    unfinished.set(count);
    long round = (ticket.get() >>> 32) + 1;
    ticket.set(round << 32 | count);
    for (int i = 0; i < helpers; i++) {
      if (workers[i].asleep) {
        LockSupport.unpark(workers[i].thread);
      }
    }
    take(round, 0);
    awaitParts();
    Throwable thrown = failure.getAndSet(null);
    // Rethrown unwrapped: callers see the same exception type with 1 or N threads.
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a part of the operation failed", thrown);
    }
  }

  /**
   * Waits for parts that other threads hold. A thread that takes longer than any part has probably
   * been suspended by the operating system, so this thread then yields its core to others.
   */
  // Correctness does not depend on yielding.
  @SuppressWarnings("ThreadPriorityCheck")
  private void awaitParts() {
    for (int spins = 0; unfinished.get() > 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** Claims and runs parts of {@code round}, from the last to the first, until none is left. */
  private void take(long round, int member) {
    while (true) {
      long seen = ticket.get();
      int unclaimed = (int) seen;
      if (seen >>> 32 != round || unclaimed == 0) {
        return;
      }
      // Valid if the claim succeeds: the round cannot end while a part is unclaimed.
      Work current = work;
      if (current != null && ticket.compareAndSet(seen, seen - 1)) {
        try {
          current.run(unclaimed - 1, member);
        } catch (Throwable thrown) {
          failure.compareAndSet(null, thrown);
        }
        unfinished.decrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker.thread);
    }
  }

  private final class Worker implements Runnable {
    private final int member;
    private final Thread thread;
    private volatile boolean asleep;

    Worker(int member) {
      this.member = member;
      this.thread = Thread.ofPlatform().daemon().name("phoenix-cpu-" + member).unstarted(this);
    }

    @Override
    public void run() {
      long done = 0;
      while (!closed) {
        long round = awaitRoundAfter(done);
        take(round, member);
        done = round;
      }
    }

    private long awaitRoundAfter(long done) {
      for (int spins = 0; spins < SPINS; spins++) {
        long round = ticket.get() >>> 32;
        if (round != done || closed) {
          return round;
        }
        Thread.onSpinWait();
      }
      asleep = true;
      while (ticket.get() >>> 32 == done && !closed) {
        LockSupport.park(Team.this);
      }
      asleep = false;
      return ticket.get() >>> 32;
    }
  }
}
