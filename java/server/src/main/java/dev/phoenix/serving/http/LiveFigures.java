package dev.phoenix.serving.http;

import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import tools.jackson.core.JsonGenerator;

/** What happened in each of the last seconds: for the page, which asks again and again. */
final class LiveFigures implements AutoCloseable {
  private static final int SECONDS = 120;
  private static final double MICROS_PER_MILLI = 1000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final ServingEngine engine;
  private final PrometheusMetrics metrics;
  private final Deque<Second> seconds = new ArrayDeque<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("live-figures").factory());
  private long lastNanos = System.nanoTime();
  private long[] lastBatches = {0, 0};
  private long lastRejects;

  /** One second. */
  private record Second(
      double requests, double rejects, double p50, double p99, double batchSize, int inFlight) {}

  LiveFigures(ServingEngine engine) {
    this.engine = engine;
    this.metrics = PrometheusMetrics.of(engine);
    var _ = clock.scheduleAtFixedRate(this::sample, 1, 1, TimeUnit.SECONDS);
  }

  private synchronized void sample() {
    Histogram latencies = metrics.recentLatencies();
    long[] batches = metrics.batches();
    long rejects = metrics.count("recsys_engine_num_requests_rejected");
    long now = System.nanoTime();
    double elapsed = (now - lastNanos) / NANOS_PER_SECOND;
    long count = batches[0] - lastBatches[0];
    double size = count == 0 ? 0 : (double) (batches[1] - lastBatches[1]) / count;
    seconds.addLast(
        new Second(
            latencies.getTotalCount() / elapsed,
            (rejects - lastRejects) / elapsed,
            latencies.getValueAtPercentile(50) / MICROS_PER_MILLI,
            latencies.getValueAtPercentile(99) / MICROS_PER_MILLI,
            size,
            engine.inFlight()));
    if (seconds.size() > SECONDS) {
      seconds.removeFirst();
    }
    lastNanos = now;
    lastBatches = batches;
    lastRejects = rejects;
  }

  /** All of it, with what serves, as JSON. */
  byte[] encode() {
    return encode(_ -> {});
  }

  /** All of it as JSON, after what {@code first} writes into the same object. */
  synchronized byte[] encode(Consumer<JsonGenerator> first) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          first.accept(json);
          writeModel(json, engine.model());
          json.writeNumberProperty("batch_limit", engine.options().batchSize());
          json.writeNumberProperty("kept_history_ratio", metrics.keptHistoryRatio());
          json.writeArrayPropertyStart("seconds");
          for (Second second : seconds) {
            write(json, second);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void writeModel(
      JsonGenerator json, @org.jspecify.annotations.Nullable ModelInfo model) {
    if (model != null) {
      json.writeObjectPropertyStart("model");
      json.writeStringProperty("name", model.name());
      json.writeStringProperty("version", model.version());
      json.writeStringProperty("backend", model.backend());
      json.writeStringProperty("precision", model.precision());
      json.writeNumberProperty("corpus", model.corpusSize());
      json.writeNumberProperty("history_limit", model.lastStage().sequence().historySeqLen());
      json.writeStringProperty("history_end", model.lastStage().sequence().historyEnd().toString());
      json.writeNumberProperty("actions", model.lastStage().actions().numActions());
      json.writeBooleanProperty("ranker", model.ranker().isPresent());
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, Second second) {
    json.writeStartObject();
    json.writeNumberProperty("requests", second.requests());
    json.writeNumberProperty("rejects", second.rejects());
    json.writeNumberProperty("p50_ms", second.p50());
    json.writeNumberProperty("p99_ms", second.p99());
    json.writeNumberProperty("batch_size", second.batchSize());
    json.writeNumberProperty("in_flight", second.inFlight());
    json.writeEndObject();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
