package dev.phoenix.serving.tracing;

import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.ServingResponse.Timing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future.State;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The span of one call with child spans for the stages of its requests. Stages are computed from
 * the timing in the responses, so the engine needs no tracing. They follow one another from the
 * request's arrival on; the rest of the span is the wait for other passes of the batch, and
 * encoding. Thread-safe.
 */
public final class CallSpan {
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<Long> BATCH_SIZE = AttributeKey.longKey("phoenix.batch_size");
  private static final AttributeKey<Boolean> HISTORY_KEPT =
      AttributeKey.booleanKey("phoenix.history_kept");
  private static final AttributeKey<String> MODEL_VERSION =
      AttributeKey.stringKey("phoenix.model_version");

  private final Tracer tracer;
  private final long begunEpochNanos;
  private final long begunNanos;
  private final Span span;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile List<PendingRequest> requests = List.of();

  CallSpan(Tracer tracer, SpanBuilder builder) {
    this.tracer = tracer;
    Instant now = Instant.now();
    this.begunEpochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    this.begunNanos = System.nanoTime();
    this.span =
        builder
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(begunEpochNanos, TimeUnit.NANOSECONDS)
            .startSpan();
  }

  /** Sets the engine's requests of the call. */
  public void asks(List<PendingRequest> asked) {
    requests = List.copyOf(asked);
  }

  /** Sets a more exact name, once the operation is known. */
  public void rename(String name, Attributes attributes) {
    span.updateName(name).setAllAttributes(attributes);
  }

  /**
   * Ends the span; only the first call has an effect.
   *
   * @param outcome the attributes of the outcome
   * @param error the kind of the server's failure; null if the server did not fail
   */
  public void end(Attributes outcome, @Nullable String error) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    if (span.isRecording()) {
      stages();
      span.setAllAttributes(outcome);
      if (error != null) {
        span.setAttribute(ERROR, error).setStatus(StatusCode.ERROR);
      }
    }
    span.end(epochNanos(System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private void stages() {
    for (PendingRequest request : requests) {
      if (request.answer().state() == State.SUCCESS) {
        stages(request.arrivedNanos(), request.answer().resultNow());
      }
    }
  }

  private void stages(long arrivedNanos, ServingResponse response) {
    Timing timing = response.timing();
    Attributes attributes =
        Attributes.of(
            BATCH_SIZE,
            (long) timing.batchSize(),
            HISTORY_KEPT,
            timing.history().wasKept(),
            MODEL_VERSION,
            response.modelVersion());
    long taken = arrivedNanos + timing.queueNanos();
    long retrieved = taken + timing.retrievalNanos();
    stage("queue", attributes, arrivedNanos, taken);
    if (timing.retrievalNanos() > 0) {
      stage("retrieval", attributes, taken, retrieved);
    }
    if (timing.rankingNanos() > 0) {
      stage("ranking", attributes, retrieved, retrieved + timing.rankingNanos());
    }
  }

  private void stage(String name, Attributes attributes, long beginNanos, long endNanos) {
    tracer
        .spanBuilder(name)
        .setParent(Context.root().with(span))
        .setAllAttributes(attributes)
        .setStartTimestamp(epochNanos(beginNanos), TimeUnit.NANOSECONDS)
        .startSpan()
        .end(epochNanos(endNanos), TimeUnit.NANOSECONDS);
  }

  /** Converts a time of {@link System#nanoTime} to nanoseconds since 1970. */
  private long epochNanos(long nanos) {
    return begunEpochNanos + (nanos - begunNanos);
  }
}
