package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.feature.HistoryCut;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.Rejection.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves requests of many threads with the models of one artifacts folder. It has a queue, batches,
 * kept histories, and swaps models while it serves. A response has the same bits as that of {@link
 * dev.phoenix.pipeline.Pipeline} for the request alone.
 */
public final class ServingEngine implements AutoCloseable {
  /** The time after a failed batch after which an unhealthy engine may be tried again. */
  public static final Duration HEALTH_RETRY = BatchHealth.RETRY;

  private final EngineOptions options;
  private final RequestLimits limits;
  private final EngineMetrics metrics;
  private final ModelStore models;
  private final Scheduler scheduler;
  private final CorpusSource corpora;
  private final RequestMemory memory;
  private final Submissions submissions;
  private volatile boolean draining;

  private ServingEngine(
      EngineOptions options,
      RequestLimits limits,
      Supplier<Ops> backend,
      EngineMetrics metrics,
      CorpusSource corpora) {
    this.options = options;
    this.limits = limits;
    this.metrics = metrics;
    this.models = new ModelStore(options, backend, metrics, corpora);
    this.corpora = corpora;
    this.scheduler = new Scheduler(options, this::run, metrics, Ticker.SYSTEM);
    this.memory = new RequestMemory(options.bounds().requestBytes());
    this.submissions =
        new Submissions(
            options, limits, metrics, new Submissions.Targets(models, scheduler, this::closed));
    metrics.watch(
        "checkpoint_reload_in_progress",
        "1 while a model is loaded",
        () -> models.isLoading() ? 1 : 0);
    new CorpusGauges(models).register(metrics);
  }

  /**
   * Creates an engine without a model; {@link #load} loads one.
   *
   * @param backend opens operations, once for every model loaded
   */
  public static ServingEngine create(
      EngineOptions options, RequestLimits limits, Supplier<Ops> backend, EngineMetrics metrics) {
    return create(options, limits, backend, metrics, new FixedCorpora());
  }

  /**
   * Creates an engine without a model, with posts from {@code corpora}, which it closes.
   *
   * @param backend opens operations, once for every model loaded
   */
  public static ServingEngine create(
      EngineOptions options,
      RequestLimits limits,
      Supplier<Ops> backend,
      EngineMetrics metrics,
      CorpusSource corpora) {
    return new ServingEngine(options, limits, backend, metrics, corpora);
  }

  /**
   * Runs {@code action} with the corpora of the current model, which stay open meanwhile.
   *
   * @throws Rejection if there is no model yet
   */
  public <T> T withCorpora(Function<Corpora, T> action) {
    ModelVersion version = models.acquire();
    if (version == null) {
      throw new Rejection(Reason.LOADING, "the model is being loaded");
    }
    try {
      return action.apply(version.corpora());
    } finally {
      models.release(version);
    }
  }

  /**
   * Sets a check for models that are loaded from now on. A model for which {@code requirement}
   * throws is not loaded.
   */
  public void require(Consumer<ModelInfo> requirement) {
    models.require(requirement);
  }

  /**
   * Loads and warms up the models of {@code artifacts} and makes them current; until then the
   * former models serve. Returns when the new models serve.
   *
   * @throws RuntimeException if they cannot be loaded; the former models then stay current
   */
  public void load(Artifacts artifacts) {
    boolean first = models.info() == null;
    long batchNanos = models.load(artifacts);
    if (first) {
      scheduler.expectBatches(batchNanos);
    }
  }

  /**
   * Queues a request.
   *
   * @throws Rejection if it will not be answered
   */
  public PendingRequest submit(ServingRequest request) {
    return submissions.submit(request, PendingRequest.NO_PEER);
  }

  /**
   * Queues the requests of one call. The same model version answers all of them, even in different
   * batches.
   *
   * @throws Rejection if one of them will not be answered; then none is queued
   */
  public List<PendingRequest> submit(List<ServingRequest> requests) {
    return submit(requests, PendingRequest.NO_PEER);
  }

  /**
   * Queues the requests of one call of {@code peer}, such as the address of its connection. Peers
   * have equal shares of the batches. The same model version answers all requests, even in
   * different batches.
   *
   * @throws Rejection if one of them will not be answered; then none is queued
   */
  public List<PendingRequest> submit(List<ServingRequest> requests, String peer) {
    return submissions.submit(requests, peer);
  }

  /**
   * What the models read of a history: a decoder need keep no more. While a model is loaded that
   * reads more, that is included.
   */
  public HistoryCut historyCut() {
    return models.historyCut();
  }

  /** The memory of requests that are read or wait, which all protocols share. */
  public RequestMemory memory() {
    return memory;
  }

  /**
   * Whether batches are computed. It is false where several batches in a row have failed, until one
   * succeeds or some seconds have passed, and for good once the device is lost.
   */
  public boolean isHealthy() {
    return scheduler.isHealthy();
  }

  /** Sets what is told, on the thread of a batch, when {@link #isHealthy} changes. */
  public void whenHealthChanges(Runnable listener) {
    scheduler.health().whenChanged(listener);
  }

  /** Sets what is told, once and on the thread of a batch, that the device is lost for good. */
  public void whenDeviceIsLost(Consumer<Throwable> listener) {
    scheduler.health().whenLost(listener);
  }

  /**
   * The rejection that a new request would get regardless of its content, to be checked before its
   * message is parsed.
   *
   * @param deadlineNanos its deadline, on the clock of {@link System#nanoTime}
   * @param peer who asks
   * @return null if it would be accepted
   */
  public @Nullable Rejection refusal(long deadlineNanos, String peer) {
    Rejection closed = closed();
    return closed == null ? scheduler.refusal(deadlineNanos, peer) : closed;
  }

  private @Nullable Rejection closed() {
    if (draining) {
      return Submissions.shuttingDown();
    }
    return models.info() == null
        ? new Rejection(Reason.LOADING, "the model is being loaded")
        : null;
  }

  /** The deadline of a request that arrives now without one. */
  public long defaultDeadlineNanos() {
    return System.nanoTime() + options.defaultDeadline().toNanos();
  }

  private void run(int worker, List<PendingRequest> batch) {
    ModelVersion current = models.acquire();
    if (current == null) {
      batch.forEach(each -> each.reject(Reason.DRAINING, "the server is shutting down"));
      return;
    }
    try {
      Map<ModelVersion, List<PendingRequest>> byVersion = new LinkedHashMap<>();
      for (PendingRequest each : batch) {
        ModelVersion version = Objects.requireNonNullElse(each.version(), current);
        byVersion.computeIfAbsent(version, _ -> new ArrayList<>()).add(each);
      }
      byVersion.forEach((version, requests) -> run(worker, version, requests));
    } finally {
      models.release(current);
    }
  }

  private void run(int worker, ModelVersion version, List<PendingRequest> requests) {
    // Requests hold their version, so it is only closed if all of them were cancelled.
    if (version.acquire()) {
      try {
        version.lane(worker).run(version.info(), requests, metrics);
      } finally {
        models.release(version);
      }
    }
  }

  /** The options. */
  public EngineOptions options() {
    return options;
  }

  /** The limits of a request. */
  public RequestLimits limits() {
    return limits;
  }

  /** The listener for events of this engine. */
  public EngineMetrics metrics() {
    return metrics;
  }

  /** The current model; null before the first is loaded. */
  public @Nullable ModelInfo model() {
    return models.info();
  }

  /** Whether a model is being loaded. */
  public boolean isLoading() {
    return models.isLoading();
  }

  /** The number of waiting and running requests. */
  public int inFlight() {
    return scheduler.inFlight();
  }

  /**
   * Accepts no more requests and waits for those in flight.
   *
   * @return whether all completed within {@code patience}
   */
  public boolean drain(Duration patience) throws InterruptedException {
    draining = true;
    return scheduler.awaitIdle(patience.toNanos());
  }

  /** Completes the queued requests and closes the models. Idempotent. */
  @Override
  public void close() {
    draining = true;
    scheduler.close();
    models.close();
    corpora.close();
  }
}
