package dev.phoenix.serving;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.ops.Ops;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * Runs batches of every size that is prepared before a model serves: plans, graphs and compiled
 * code are made here and not by the first users. Each size runs with users that are new, with the
 * same again, and with one that is kept among new ones, because these are different work. A model
 * whose outputs are not finite is found out here too.
 */
final class WarmUp {
  /** A device runs a list of work once before it makes a graph of it. */
  private static final int ROUNDS = 2;

  private static final int CANDIDATES = 64;

  private final ModelVersion version;
  private final int batchSize;
  private final BooleanSupplier givenUp;
  private final Random random = new Random(1);

  /**
   * A warm-up.
   *
   * @param batchSize the largest
   * @param givenUp whether nobody waits for the model any more
   */
  WarmUp(ModelVersion version, int batchSize, BooleanSupplier givenUp) {
    this.version = version;
    this.batchSize = batchSize;
    this.givenUp = givenUp;
  }

  /**
   * Runs; returns the nanoseconds that the last of the largest batches took.
   *
   * @throws CancellationException if it was given up
   */
  long run() {
    long nanos = 0;
    List<Integer> sizes = sizes(version.ops(), version.info().lastStage(), batchSize);
    for (Lane lane : version.lanes()) {
      // What grows is as large as it gets before anything is prepared that refers to it.
      run(lane, batchSize);
      for (int round = 0; round < ROUNDS; round++) {
        for (int size : sizes) {
          nanos = run(lane, size);
        }
      }
      version.forgetHistories();
    }
    return nanos;
  }

  /**
   * The sizes of batches to run, in ascending order. Where sizes are prepared, the largest of all
   * that are rounded up alike; elsewhere a size is nothing but more or less of the same work, and
   * doublings are enough.
   */
  static List<Integer> sizes(Ops ops, ModelConfig config, int batchSize) {
    List<Integer> sizes = new ArrayList<>();
    if (!ops.preparesSizes()) {
      for (int size = 1; size < batchSize; size *= 2) {
        sizes.add(size);
      }
      sizes.add(batchSize);
      return sizes;
    }
    Set<Prepared> seen = new HashSet<>();
    for (int size = batchSize; size > 0; size--) {
      if (seen.add(Prepared.of(ops, config, size))) {
        sizes.addFirst(size);
      }
    }
    return sizes;
  }

  /** What a batch is rounded up to. Small ones differ in their number of requests too. */
  private record Prepared(int requests, int historyRows, int candidateRows) {
    private static final int SMALL = 16;

    static Prepared of(Ops ops, ModelConfig config, int size) {
      return new Prepared(
          size <= SMALL ? size : ops.capacityFor(size),
          ops.capacityFor(size * (1 + config.sequence().historySeqLen())),
          ops.capacityFor(size * CANDIDATES));
    }
  }

  /** Runs a batch of new users, and where histories are kept the two that follow from it. */
  private long run(Lane lane, int size) {
    if (givenUp.getAsBoolean()) {
      throw new CancellationException("the server ends, so the model is not loaded");
    }
    List<ServingRequest> fresh = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      fresh.add(request());
    }
    long nanos = run(lane, fresh);
    if (version.keepsHistories()) {
      run(lane, fresh);
      List<ServingRequest> mixed = new ArrayList<>();
      mixed.add(fresh.getFirst());
      for (int i = 1; i < size; i++) {
        mixed.add(request());
      }
      run(lane, mixed);
    }
    return nanos;
  }

  private long run(Lane lane, List<ServingRequest> requests) {
    List<PendingRequest> batch = new ArrayList<>();
    for (ServingRequest request : requests) {
      batch.add(new PendingRequest(request, PendingRequest.NO_PEER, null, Ticker.SYSTEM, _ -> {}));
    }
    long begin = System.nanoTime();
    lane.run(version.info(), batch, EngineMetrics.NONE);
    long nanos = System.nanoTime() - begin;
    for (PendingRequest each : batch) {
      try {
        each.answer().join();
      } catch (CompletionException failed) {
        throw new IllegalArgumentException(
            "the warm-up's requests cannot be answered: " + failed.getCause(), failed);
      }
    }
    return nanos;
  }

  /** A whole history and the whole way: to retrieve or to rank alone is a part of it. */
  private ServingRequest request() {
    ModelConfig config = version.info().lastStage();
    List<Engagement> history = new ArrayList<>();
    for (int position = 0; position < config.sequence().historySeqLen(); position++) {
      SortedMap<Integer, Float> actions = new TreeMap<>();
      actions.put(random.nextInt(config.actions().numActions()), 1f);
      history.add(new Engagement(id(), id(), actions));
    }
    int topK = Math.clamp(version.info().corpusSize(), 1, CANDIDATES);
    long deadline = System.nanoTime() + 3_600_000_000_000L;
    UserHistory user = UserHistory.of(new UserSequence(id(), history));
    return version.read(
        new ServingRequest(user, new Task.Recommend(topK), deadline),
        ServingRules.DEFAULT,
        deadline);
  }

  private long id() {
    return random.nextLong() | 1;
  }
}
