package dev.phoenix.serving;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * Runs batches of every size that is doubled on the way to the largest before a model serves:
 * plans, graphs and compiled code are made here and not by the first users. A model whose outputs
 * are not finite is found out here too.
 */
final class WarmUp {
  private static final int ROUNDS = 3;
  private static final int CANDIDATES = 64;

  private final ModelVersion version;
  private final int batchSize;
  private final BooleanSupplier givenUp;
  private final Random random = new Random(1);

  /**
   * A warm-up of {@code version}.
   *
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
    try (EngineMetrics metrics = new EngineMetrics()) {
      for (Lane lane : version.lanes()) {
        for (int round = 0; round < ROUNDS; round++) {
          for (int size : sizes(batchSize)) {
            nanos = run(lane, size, metrics);
          }
        }
        lane.forgetHistories();
      }
    }
    return nanos;
  }

  /** 1, 2, 4 and so on, and the largest. */
  static List<Integer> sizes(int batchSize) {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 1; size < batchSize; size *= 2) {
      sizes.add(size);
    }
    sizes.add(batchSize);
    return sizes;
  }

  private long run(Lane lane, int size, EngineMetrics metrics) {
    if (givenUp.getAsBoolean()) {
      throw new CancellationException("the server ends, so the model is not loaded");
    }
    List<PendingRequest> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      batch.add(new PendingRequest(request(i), System.nanoTime(), _ -> {}));
    }
    long begin = System.nanoTime();
    lane.run(version.info().version(), batch, metrics);
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

  /** Whole histories; rank, retrieve and recommend in turn. */
  private ServingRequest request(int i) {
    ModelConfig config = version.info().ranker();
    List<Engagement> history = new ArrayList<>();
    for (int position = 0; position < config.historySeqLen(); position++) {
      SortedMap<Integer, Float> actions = new TreeMap<>();
      actions.put(random.nextInt(config.numActions()), 1f);
      history.add(new Engagement(id(), id(), actions));
    }
    int topK = Math.clamp(version.info().corpusSize(), 1, CANDIDATES);
    Task task =
        switch (i % 3) {
          case 0 -> new Task.Recommend(topK);
          case 1 -> new Task.Rank(ids(), ids(), 0);
          default -> new Task.Retrieve(topK);
        };
    long deadline = System.nanoTime() + 3_600_000_000_000L;
    return new ServingRequest(UserHistory.of(new UserSequence(id(), history)), task, deadline);
  }

  private long id() {
    return random.nextLong() | 1;
  }

  private long[] ids() {
    return random.longs(CANDIDATES).map(id -> id | 1).toArray();
  }
}
