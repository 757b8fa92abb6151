package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.Rejection.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests of many threads with the models of one artifacts folder: queue, batches, kept
 * histories and models that are swapped while it serves. An answer is bit for bit what {@link
 * dev.phoenix.pipeline.Pipeline} gives for the request alone.
 */
public final class ServingEngine implements AutoCloseable {
  private final EngineOptions options;
  private final RequestLimits limits;
  private final EngineMetrics metrics;
  private final ModelStore models;
  private final Scheduler scheduler;
  private final CorpusSource corpora;
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
    this.scheduler = new Scheduler(options, this::run, metrics);
    metrics.watch(
        "checkpoint_reload_in_progress",
        "1 while a model is loaded",
        () -> models.isLoading() ? 1 : 0);
    new CorpusGauges(models).register(metrics);
  }

  /**
   * An engine without a model, to be given one by {@link #load}.
   *
   * @param backend opens operations, once for every model loaded
   */
  public static ServingEngine create(
      EngineOptions options, RequestLimits limits, Supplier<Ops> backend, EngineMetrics metrics) {
    return create(options, limits, backend, metrics, new FixedCorpora());
  }

  /**
   * An engine without a model, whose posts come from {@code corpora}, which it closes.
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
   * Does something with the corpora of the model that serves, which stay open meanwhile.
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
   * Holds every model that is loaded from now on against {@code requirement}, which throws where
   * one does not meet it; such a model is not loaded.
   */
  public void require(Consumer<ModelInfo> requirement) {
    models.require(requirement);
  }

  /**
   * Loads the models of {@code artifacts}, warms them up and lets them serve; until then the models
   * before, if any, do. Returns when they serve.
   *
   * @throws RuntimeException if they cannot; then nothing has changed and nothing stays open
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
    Rejection closed = closed();
    if (closed != null) {
      throw closed;
    }
    limits.check(request);
    ModelVersion version = models.acquire();
    if (version == null) {
      throw Objects.requireNonNullElseGet(closed(), ServingEngine::shuttingDown);
    }
    boolean cut;
    PendingRequest pending;
    try {
      ServingRequest read = version.read(request, options.rules());
      cut = read.user().isCut();
      // What was cut for this version may be too little for another one.
      pending = scheduler.submit(read, cut ? version : null);
    } catch (Rejection refused) {
      models.release(version);
      throw refused;
    }
    metrics.history(pending.request().user());
    if (cut) {
      var _ = pending.answer().whenComplete((_, _) -> models.release(version));
    } else {
      models.release(version);
    }
    return pending;
  }

  /**
   * Queues the requests of one call, all of which one version of the model answers, in whatever
   * batches they are.
   *
   * @throws Rejection if one of them will not be answered; then none is queued
   */
  public List<PendingRequest> submit(List<ServingRequest> requests) {
    if (requests.size() == 1) {
      return List.of(submit(requests.getFirst()));
    }
    limits.checkTogether(requests);
    ModelVersion version = draining ? null : models.acquire();
    if (version == null) {
      throw Objects.requireNonNullElseGet(closed(), ServingEngine::shuttingDown);
    }
    List<PendingRequest> pending = new ArrayList<>();
    try {
      for (ServingRequest request : requests) {
        limits.check(request);
        pending.add(scheduler.submit(version.read(request, options.rules()), version));
      }
    } catch (Rejection refused) {
      pending.forEach(PendingRequest::cancel);
      models.release(version);
      throw refused;
    }
    pending.forEach(each -> metrics.history(each.request().user()));
    CompletableFuture<?>[] answers =
        pending.stream().map(PendingRequest::answer).toArray(CompletableFuture<?>[]::new);
    var _ = CompletableFuture.allOf(answers).whenComplete((_, _) -> models.release(version));
    return pending;
  }

  /**
   * Why a request would be refused that came now, whatever it asked for: to be looked at before the
   * trouble of reading it.
   *
   * @param deadlineNanos when its caller stops waiting, on the clock of {@link System#nanoTime}
   * @return null if it would be taken
   */
  public @Nullable Rejection refusal(long deadlineNanos) {
    Rejection closed = closed();
    return closed == null ? scheduler.refusal(deadlineNanos) : closed;
  }

  private @Nullable Rejection closed() {
    if (draining) {
      return shuttingDown();
    }
    return models.info() == null
        ? new Rejection(Reason.LOADING, "the model is being loaded")
        : null;
  }

  private static Rejection shuttingDown() {
    return new Rejection(Reason.DRAINING, "the server is shutting down");
  }

  /** The deadline of a request that comes now and gives none. */
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
    // A version that is gone was held by its requests: they were all taken back.
    if (version.acquire()) {
      try {
        version.lane(worker).run(version.info(), requests, metrics);
      } finally {
        models.release(version);
      }
    }
  }

  /** How requests become batches. */
  public EngineOptions options() {
    return options;
  }

  /** What one request may ask for. */
  public RequestLimits limits() {
    return limits;
  }

  /** What is counted. */
  public EngineMetrics metrics() {
    return metrics;
  }

  /** The model that serves; null before the first is loaded. */
  public @Nullable ModelInfo model() {
    return models.info();
  }

  /** Whether a model is being loaded. */
  public boolean isLoading() {
    return models.isLoading();
  }

  /** Requests that wait or run. */
  public int inFlight() {
    return scheduler.inFlight();
  }

  /**
   * Takes no more requests and waits for those under way.
   *
   * @return whether all were answered within {@code patience}
   */
  public boolean drain(Duration patience) throws InterruptedException {
    draining = true;
    return scheduler.awaitIdle(patience.toNanos());
  }

  /** Answers what was queued and closes the models. Idempotent. */
  @Override
  public void close() {
    draining = true;
    scheduler.close();
    models.close();
    corpora.close();
  }
}
