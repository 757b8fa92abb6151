package dev.phoenix.serving;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What the engine counts, in the Prometheus format. The two families that dashboards of such
 * servers read have exactly the names these expect; names of this product's own begin with {@code
 * phoenix_}.
 */
public final class EngineMetrics implements AutoCloseable {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long NANOS_PER_MICRO = 1000;
  private static final double[] MILLIS = {
    0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 200, 300, 500, 750, 1000, 1200, 2000, 5000
  };

  private static final List<String> WITHOUT_LABELS =
      List.of(
          "recsys_engine_tokens_processed_total",
          "recsys_engine_tokens_padded_total",
          "phoenix_history_events",
          "phoenix_history_events_cut",
          "phoenix_histories_cut",
          "model_requests_nan_detected",
          "checkpoint_reload_success",
          "checkpoint_reload_failure",
          "nv_inference_request_success",
          "nv_inference_count",
          "nv_inference_exec_count",
          "nv_inference_request_duration_us",
          "nv_inference_queue_duration_us",
          "nv_inference_compute_infer_duration_us");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ExactCounters counters = new ExactCounters();
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final AtomicLong predictedNanos = new AtomicLong();
  private final LongAdder keptBytes = new LongAdder();
  private final DistributionSummary latency = millis("recsys_engine_request_latency_ms");
  private final DistributionSummary queueTime = millis("recsys_engine_item_queue_time");
  private final DistributionSummary batchTime = millis("phoenix_batch_service_ms");
  private final DistributionSummary batchSizes;
  private final Recorder recent = new Recorder(3);

  /** Nothing counted yet. */
  public EngineMetrics() {
    registry.getPrometheusRegistry().register(counters);
    // There from the start: a dashboard tells 0 from a name that it got wrong.
    for (String name : WITHOUT_LABELS) {
      counters.add(name, 0);
    }
    batchSizes =
        DistributionSummary.builder("phoenix_batch_size")
            .description("Requests of a batch")
            .serviceLevelObjectives(1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128, 256)
            .register(registry);
    gauge("recsys_engine_admission_predicted_eta_ms", predictedNanos::get, NANOS_PER_MILLI);
    gauge("phoenix_history_cache_bytes", keptBytes::sum, 1);
    Gauge.builder("phoenix_history_cache_hit_ratio", this, EngineMetrics::hitRatio)
        .description("Histories that were kept, of all that were asked for")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    collections.bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private DistributionSummary millis(String name) {
    return DistributionSummary.builder(name).serviceLevelObjectives(MILLIS).register(registry);
  }

  private void gauge(String name, LongSupplier value, double unit) {
    // The registry alone would keep no hold of the lambda.
    Gauge.builder(name, value, now -> now.getAsLong() / unit)
        .strongReference(true)
        .register(registry);
  }

  void watch(Scheduler scheduler) {
    gauge("recsys_engine_queue_backlog", scheduler::backlog, 1);
    gauge("recsys_engine_items_in_flight", scheduler::inFlight, 1);
    gauge("nv_inference_pending_request_count", scheduler::backlog, 1);
    gauge("phoenix_queue_age_ms", scheduler::queueAgeNanos, NANOS_PER_MILLI);
  }

  /** A value that is read whenever metrics are. */
  public void watch(String name, String help, LongSupplier value) {
    Gauge.builder(name, value, LongSupplier::getAsLong)
        .strongReference(true)
        .description(help)
        .register(registry);
  }

  void predicted(long etaNanos) {
    predictedNanos.set(etaNanos);
  }

  void queued(long nanos) {
    queueTime.record(nanos / NANOS_PER_MILLI);
    counters.add("nv_inference_queue_duration_us", nanos / NANOS_PER_MICRO);
  }

  void batch(int size, long nanos) {
    batchSizes.record(size);
    batchTime.record(nanos / NANOS_PER_MILLI);
    counters.add("nv_inference_exec_count", 1);
    counters.add("nv_inference_count", size);
    counters.add("nv_inference_compute_infer_duration_us", nanos / NANOS_PER_MICRO);
  }

  void tokens(int processed, int padded) {
    counters.add("recsys_engine_tokens_processed_total", processed);
    counters.add("recsys_engine_tokens_padded_total", padded);
  }

  /** Takes note of a history that waits, and of what was cut off. */
  void history(UserHistory history) {
    counters.add("phoenix_history_events", history.events());
    if (history.isCut()) {
      counters.add("phoenix_histories_cut", 1);
      counters.add("phoenix_history_events_cut", history.events() - history.length());
    }
  }

  void lookup(String part, boolean hit) {
    counters.add(
        "phoenix_history_cache_lookups", Tags.of("part", part, "result", hit ? "hit" : "miss"), 1);
  }

  /** Takes note of the time that an HTTP body took to be read into a request, or to be written. */
  public void codec(long nanos) {
    counters.add("phoenix_http_codec_duration_us", nanos / NANOS_PER_MICRO);
  }

  void notFinite() {
    counters.add("model_requests_nan_detected", 1);
  }

  void reload(String outcome) {
    counters.add("checkpoint_reload_" + outcome, 1);
  }

  LongAdder keptBytes() {
    return keptBytes;
  }

  /**
   * Counts a request that was answered.
   *
   * @param grpcStatus the name of its status
   * @param nanos from its arrival
   */
  public void answered(String grpcStatus, long nanos) {
    counters.add("recsys_engine_num_requests", Tags.of("grpc_status", grpcStatus), 1);
    counters.add("nv_inference_request_duration_us", nanos / NANOS_PER_MICRO);
    latency.record(nanos / NANOS_PER_MILLI);
    if (grpcStatus.equals("OK")) {
      counters.add("nv_inference_request_success", 1);
      recent.recordValue(Math.max(0, nanos / NANOS_PER_MICRO));
    }
  }

  /** Counts a request that was refused before it was read; it has no latency to speak of. */
  public void refused(String grpcStatus) {
    counters.add("recsys_engine_num_requests", Tags.of("grpc_status", grpcStatus), 1);
  }

  /** Counts why a request was not answered with a result. */
  public void rejected(Rejection.Reason reason) {
    Tags why = Tags.of("reason", reason.label());
    counters.add("recsys_engine_num_requests_rejected", why, 1);
    counters.add("nv_inference_request_failure", why, 1);
  }

  /** The latencies in microseconds of requests answered since the last call; for one caller. */
  public Histogram recentLatencies() {
    return recent.getIntervalHistogram();
  }

  /** The sum of a counter over its labels. */
  public long count(String name) {
    return counters.sum(name);
  }

  /** The number of batches, and of requests in them. */
  public long[] batches() {
    return new long[] {batchSizes.count(), (long) batchSizes.totalAmount()};
  }

  private double hitRatio() {
    double hits = counters.get("phoenix_history_cache_lookups", "hit");
    double all = counters.sum("phoenix_history_cache_lookups");
    return all == 0 ? 0 : hits / all;
  }

  /** Histories that were kept, of all that were asked for, from 0 to 1. */
  public double keptHistoryRatio() {
    return hitRatio();
  }

  /** Everything, as Prometheus reads it. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
