package dev.phoenix.serving.oip;

import dev.phoenix.serving.ServingResponse.Timing;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts and times of the models' requests over this protocol since the server's start, as Triton's
 * statistics extension defines them. Thread-safe.
 */
public final class ModelStatistics {
  private final InstantSource clock;
  private final Map<String, Sums> models = new HashMap<>();

  /** Creates statistics without requests. */
  public ModelStatistics(InstantSource clock) {
    this.clock = clock;
  }

  /** A stage's runs and their time. */
  public record Duration(long count, long nanos) {
    static final Duration NONE = new Duration(0, 0);

    private Duration plus(long more) {
      return new Duration(count + 1, nanos + more);
    }
  }

  /**
   * The figures of a model.
   *
   * @param lastMillis when the last request was answered, in milliseconds since the epoch; 0 for
   *     never
   * @param executions batches; one that several requests shared counts for each of them in part
   * @param success requests that were answered
   * @param fail requests that were not
   * @param queue waiting for a batch
   * @param input decoding of requests
   * @param infer retrieval and ranking
   * @param output encoding of responses
   */
  public record Figures(
      long lastMillis,
      double executions,
      Duration success,
      Duration fail,
      Duration queue,
      Duration input,
      Duration infer,
      Duration output) {
    private static final Figures NONE =
        new Figures(
            0,
            0,
            Duration.NONE,
            Duration.NONE,
            Duration.NONE,
            Duration.NONE,
            Duration.NONE,
            Duration.NONE);
  }

  /**
   * The times of an answered request, in nanoseconds.
   *
   * @param whole from its arrival to its answer
   * @param input decoding
   * @param output encoding
   */
  public record Times(long whole, long input, long output) {}

  private static final class Sums {
    Figures figures = Figures.NONE;
  }

  /** Counts a request that was answered. */
  public synchronized void succeeded(String model, Times times, Timing timing) {
    Sums sums = models.computeIfAbsent(model, _ -> new Sums());
    Figures before = sums.figures;
    sums.figures =
        new Figures(
            clock.millis(),
            before.executions() + 1.0 / Math.max(1, timing.batchSize()),
            before.success().plus(times.whole()),
            before.fail(),
            before.queue().plus(timing.queueNanos()),
            before.input().plus(times.input()),
            before.infer().plus(timing.retrievalNanos() + timing.rankingNanos()),
            before.output().plus(times.output()));
  }

  /** Counts a request that failed after {@code nanos}; unknown models are not counted. */
  public synchronized void failed(String model, long nanos) {
    if (!InferenceModels.NAMES.contains(model)) {
      return;
    }
    Sums sums = models.computeIfAbsent(model, _ -> new Sums());
    Figures before = sums.figures;
    sums.figures =
        new Figures(
            before.lastMillis(),
            before.executions(),
            before.success(),
            before.fail().plus(nanos),
            before.queue(),
            before.input(),
            before.infer(),
            before.output());
  }

  /** The figures of a model. */
  public synchronized Figures of(String model) {
    Sums sums = models.get(model);
    return sums == null ? Figures.NONE : sums.figures;
  }
}
