package dev.phoenix.serving;

import dev.phoenix.serving.Rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts requests into the queue, as the model that answers them reads them. */
final class Submissions {
  private final EngineOptions options;
  private final RequestLimits limits;
  private final EngineMetrics metrics;
  private final ModelStore models;
  private final Scheduler scheduler;
  private final Supplier<@Nullable Rejection> closed;

  /**
   * Where requests go.
   *
   * @param closed why no request is taken; null where requests are
   */
  record Targets(ModelStore models, Scheduler scheduler, Supplier<@Nullable Rejection> closed) {}

  Submissions(EngineOptions options, RequestLimits limits, EngineMetrics metrics, Targets targets) {
    this.options = options;
    this.limits = limits;
    this.metrics = metrics;
    this.models = targets.models();
    this.scheduler = targets.scheduler();
    this.closed = targets.closed();
  }

  /** Queues a request of {@code peer}. */
  PendingRequest submit(ServingRequest request, String peer) {
    limits.check(request);
    ModelVersion version = acquire();
    ServingRequest read;
    PendingRequest pending;
    try {
      read = version.read(request, options.rules(), latest());
      // The history was cut to what this version reads; another version may read more.
      pending = scheduler.submit(read, peer, read.user().isCut() ? version : null);
    } catch (RuntimeException | Error failed) {
      models.release(version);
      throw failed;
    }
    tellHistory(read);
    if (read.user().isCut()) {
      var _ = pending.answer().whenComplete((_, _) -> models.release(version));
    } else {
      models.release(version);
    }
    return pending;
  }

  /** Queues the requests of one call of {@code peer}. */
  List<PendingRequest> submit(List<ServingRequest> requests, String peer) {
    if (requests.size() == 1) {
      return List.of(submit(requests.getFirst(), peer));
    }
    limits.checkTogether(requests);
    ModelVersion version = acquire();
    List<PendingRequest> pending = new ArrayList<>();
    try {
      for (ServingRequest request : requests) {
        limits.check(request);
        ServingRequest read = version.read(request, options.rules(), latest());
        pending.add(scheduler.submit(read, peer, version));
      }
    } catch (RuntimeException | Error failed) {
      pending.forEach(PendingRequest::cancel);
      models.release(version);
      throw failed;
    }
    pending.forEach(each -> tellHistory(each.request()));
    CompletableFuture<?>[] answers =
        pending.stream().map(PendingRequest::answer).toArray(CompletableFuture<?>[]::new);
    var _ = CompletableFuture.allOf(answers).whenComplete((_, _) -> models.release(version));
    return pending;
  }

  private ModelVersion acquire() {
    Rejection refusal = closed.get();
    if (refusal != null) {
      throw refusal;
    }
    ModelVersion version = models.acquire();
    if (version == null) {
      throw Objects.requireNonNullElseGet(closed.get(), Submissions::shuttingDown);
    }
    return version;
  }

  static Rejection shuttingDown() {
    return new Rejection(Reason.DRAINING, "the server is shutting down");
  }

  /** The latest deadline that a request may have which comes now. */
  private long latest() {
    return System.nanoTime() + options.bounds().longestDeadline().toNanos();
  }

  private void tellHistory(ServingRequest request) {
    metrics.history(request.user().events(), request.user().length());
  }
}
