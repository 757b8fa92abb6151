package dev.phoenix.serving.metrics;

import dev.phoenix.serving.EngineMetrics;
import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Metrics of the engine and the ports in the Prometheus format. Names that begin with {@code
 * recsys_engine_} and {@code nv_inference_} are those that existing dashboards of the production
 * recommender and of Triton expect; the product's own names begin with {@code phoenix_}.
 */
public final class PrometheusMetrics implements EngineMetrics, AutoCloseable {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MICRO = 1000;
  private static final double MILLIS_PER_SECOND = 1000;
  private static final double[] MILLIS = {
    0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 200, 300, 500, 750, 1000, 1200, 2000, 5000
  };

  private static final double[] SIZES = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128, 256};

  /** Meters of the library whose names are none that Prometheus recommends. */
  private static final Set<String> MISNAMED = Set.of("process.cpu.time", "system.cpu.count");

  private static final double[] SECONDS =
      Arrays.stream(MILLIS).map(millis -> millis / MILLIS_PER_SECOND).toArray();

  private final PrometheusMeterRegistry registry = registry();
  private final ExactCounters counters = new ExactCounters();
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final AtomicLong predictedNanos = new AtomicLong();
  private final LongAdder keptBytes = new LongAdder();
  private final Facts facts = new Facts();
  private final LongAdder codecNanos = new LongAdder();
  private final DistributionSummary latency =
      histogram(
          "recsys_engine_request_latency_ms",
          "Time from arrival to answer, in milliseconds",
          MILLIS);
  private final DistributionSummary queueTime =
      histogram(
          "recsys_engine_item_queue_time",
          "Time from arrival to the batch, in milliseconds",
          MILLIS);
  private final DistributionSummary batchTime =
      histogram("phoenix_batch_service_seconds", "Time of a batch, in seconds", SECONDS);
  private final DistributionSummary batchSizes =
      histogram("phoenix_batch_size", "Requests of a batch", SIZES);
  private final Recorder recent = new Recorder(3);

  /** Kept here because the registry has only weak references to them. */
  private final List<LongSupplier> totals = new CopyOnWriteArrayList<>();

  /** Creates metrics with all counters at 0. */
  public PrometheusMetrics() {
    registry.getPrometheusRegistry().register(counters);
    registry.getPrometheusRegistry().register(facts);
    // Registered at 0, so that a dashboard can distinguish 0 from a misspelt name.
    for (String name : CounterHelp.WITHOUT_LABELS) {
      counters.add(name, 0);
    }
    watch(
        "recsys_engine_admission_predicted_eta_ms",
        "Predicted time to the answer of the last request, in milliseconds",
        () -> predictedNanos.get() / NANOS_PER_MILLI);
    watch("phoenix_history_cache_bytes", "Bytes of kept histories", keptBytes::sum);
    Gauge.builder("phoenix_history_cache_hit_ratio", this, PrometheusMetrics::keptHistoryRatio)
        .description("Share of history lookups that found a kept history")
        .register(registry);
    FunctionCounter.builder(
            "phoenix_http_codec_duration_seconds", codecNanos, PrometheusMetrics::seconds)
        .description("Time to decode and encode HTTP bodies, in seconds")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    collections.bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(MeterFilter.deny(id -> MISNAMED.contains(id.getName())));
    return registry;
  }

  private static double seconds(LongAdder nanos) {
    return nanos.sum() / NANOS_PER_SECOND;
  }

  private DistributionSummary histogram(String name, String help, double[] bounds) {
    return DistributionSummary.builder(name)
        .description(help)
        .serviceLevelObjectives(bounds)
        .register(registry);
  }

  /**
   * The metrics of {@code engine}.
   *
   * @throws IllegalArgumentException if they are not of this class
   */
  public static PrometheusMetrics of(ServingEngine engine) {
    if (engine.metrics() instanceof PrometheusMetrics metrics) {
      return metrics;
    }
    throw new IllegalArgumentException(
        "expected an engine with Prometheus metrics, found one with "
            + engine.metrics().getClass().getName());
  }

  @Override
  public void watch(String name, String help, DoubleSupplier value) {
    if (ExactCounters.isTritons(name)) {
      counters.watch(name, help, value);
      return;
    }
    // The registry alone would keep only a weak reference to the lambda.
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .strongReference(true)
        .description(help)
        .register(registry);
  }

  @Override
  public void watch(String name, String help, Map<String, String> labels, DoubleSupplier value) {
    Tags tags = Tags.empty();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      tags = tags.and(label.getKey(), label.getValue());
    }
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .strongReference(true)
        .description(help)
        .tags(tags)
        .register(registry);
  }

  @Override
  public void watchTotal(String name, String help, LongSupplier total) {
    var _ =
        FunctionCounter.builder(name, total, LongSupplier::getAsLong)
            .description(help)
            .register(registry);
    totals.add(total);
  }

  @Override
  public void predicted(long etaNanos) {
    predictedNanos.set(etaNanos);
  }

  @Override
  public void queued(long nanos) {
    queueTime.record(nanos / NANOS_PER_MILLI);
    counters.add("nv_inference_queue_duration_us", nanos / NANOS_PER_MICRO);
  }

  @Override
  public void batch(int size, long nanos) {
    batchSizes.record(size);
    batchTime.record(nanos / NANOS_PER_SECOND);
    counters.add("nv_inference_exec_count", 1);
    counters.add("nv_inference_count", size);
    counters.add("nv_inference_compute_infer_duration_us", nanos / NANOS_PER_MICRO);
  }

  @Override
  public void tokens(int processed, int padded) {
    counters.add("recsys_engine_tokens_processed_total", processed);
    counters.add("recsys_engine_tokens_padded_total", padded);
  }

  @Override
  public void history(int events, int read) {
    counters.add("phoenix_history_events", events);
    if (read < events) {
      counters.add("phoenix_histories_cut", 1);
      counters.add("phoenix_history_events_cut", events - read);
    }
  }

  @Override
  public void lookup(String part, boolean found) {
    counters.add(
        "phoenix_history_cache_lookups",
        Tags.of("part", part, "result", found ? "hit" : "miss"),
        1);
  }

  /** An HTTP body took {@code nanos} to decode or to encode. */
  public void codec(long nanos) {
    codecNanos.add(nanos);
  }

  /**
   * An HTTP request was answered.
   *
   * @param route the pattern of its path; empty if there is none
   * @param method the HTTP method
   * @param code the status code
   */
  public void http(String route, String method, int code) {
    counters.add(
        "phoenix_http_requests",
        Tags.of("route", route, "method", method, "code", Integer.toString(code)),
        1);
  }

  /** A GPU was opened to compute. */
  public void gpu(GpuFacts opened) {
    facts.gpu(opened);
  }

  @Override
  public void notFinite() {
    counters.add("model_requests_nan_detected", 1);
  }

  @Override
  public void loaded(ModelInfo model) {
    facts.model(model);
    counters.model(model.name(), model.version());
    counters.add("checkpoint_reload_success", 1);
  }

  @Override
  public void loadFailed() {
    counters.add("checkpoint_reload_failure", 1);
  }

  @Override
  public void keptBytes(long change) {
    keptBytes.add(change);
  }

  @Override
  public void answered(String grpcStatus, long nanos) {
    counters.add("recsys_engine_num_requests", Tags.of("grpc_status", grpcStatus), 1);
    counters.add("nv_inference_request_duration_us", nanos / NANOS_PER_MICRO);
    latency.record(nanos / NANOS_PER_MILLI);
    if (grpcStatus.equals("OK")) {
      counters.add("nv_inference_request_success", 1);
      recent.recordValue(Math.max(0, nanos / NANOS_PER_MICRO));
    }
  }

  @Override
  public void refused(String grpcStatus) {
    counters.add("recsys_engine_num_requests", Tags.of("grpc_status", grpcStatus), 1);
  }

  @Override
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

  /** The share of history lookups that found a kept history, from 0 to 1. */
  public double keptHistoryRatio() {
    double hits = counters.get("phoenix_history_cache_lookups", "hit");
    double all = counters.sum("phoenix_history_cache_lookups");
    return all == 0 ? 0 : hits / all;
  }

  /** All metrics as a Prometheus page. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
