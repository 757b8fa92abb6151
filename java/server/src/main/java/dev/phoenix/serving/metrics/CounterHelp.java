package dev.phoenix.serving.metrics;

import java.util.List;
import java.util.Map;

/** The help texts of counters. */
final class CounterHelp {
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("recsys_engine_num_requests", "Requests by status"),
          Map.entry("recsys_engine_num_requests_rejected", "Requests without a result, by reason"),
          Map.entry(
              "recsys_engine_tokens_processed_total",
              "Rows of histories and candidates that were computed"),
          Map.entry(
              "recsys_engine_tokens_padded_total",
              "Rows that were computed only because sizes are rounded up"),
          Map.entry("model_requests_nan_detected", "Requests whose result was not finite"),
          Map.entry("checkpoint_reload_success", "Models that were loaded"),
          Map.entry("checkpoint_reload_failure", "Models that could not be loaded"),
          Map.entry("nv_inference_request_success", "Requests that were answered with a result"),
          Map.entry("nv_inference_request_failure", "Requests without a result, by reason"),
          Map.entry("nv_inference_count", "Requests that were computed"),
          Map.entry("nv_inference_exec_count", "Batches that were computed"),
          Map.entry(
              "nv_inference_request_duration_us",
              "Time from arrival to answer of all requests, in microseconds"),
          Map.entry(
              "nv_inference_queue_duration_us",
              "Time in the queue of all requests, in microseconds"),
          Map.entry(
              "nv_inference_compute_infer_duration_us", "Time of all batches, in microseconds"),
          Map.entry("phoenix_history_events", "Events of histories that were received"),
          Map.entry("phoenix_history_events_cut", "Events that the models do not read"),
          Map.entry("phoenix_histories_cut", "Histories that are longer than the models read"),
          Map.entry("phoenix_history_cache_lookups", "Lookups of kept histories"),
          Map.entry("phoenix_http_requests", "HTTP requests by route, method and status code"));

  /** Counters without labels of their own, which are shown from the start. */
  static final List<String> WITHOUT_LABELS =
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

  private CounterHelp() {}

  /** The help text of a counter. */
  static String of(String name) {
    String text = TEXTS.get(name);
    if (text == null) {
      throw new IllegalArgumentException("the counter " + name + " has no help text");
    }
    return text;
  }
}
