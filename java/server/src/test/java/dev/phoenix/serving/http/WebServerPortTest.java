package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every path over a real connection, compared with the engine. */
class WebServerPortTest {
  private static DemoWeb demo;

  @BeforeAll
  static void start() {
    demo = DemoWeb.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void theExampleFileIsARequest() throws Exception {
    var response = demo.post("/v1/recommend", Files.readString(Demo.ARTIFACTS.sequence()));
    assertEquals(200, response.statusCode(), response.body());
    JsonNode feed = DemoWeb.MAPPER.readTree(response.body());
    ServingResponse expected = demo.direct(new Task.Recommend(200));
    var scores = Objects.requireNonNull(expected.scores());
    var ranking = FeedPolicy.DEFAULT.rank(expected);
    assertEquals(200, feed.get("retrieved").asInt());
    assertEquals(30, feed.get("posts").size());
    for (int rank = 0; rank < 30; rank++) {
      JsonNode post = feed.get("posts").get(rank);
      int i = ranking.candidate(rank);
      assertEquals(
          Long.toUnsignedString(expected.posts().postIds()[i]), post.get("post_id").asString());
      assertEquals((float) ranking.score(i), post.get("weighted_score").floatValue());
      assertEquals(
          scores.probabilities()[i * 19 + 1],
          post.get("probabilities").get("favorite").floatValue());
    }
    assertTrue(feed.get("timing").get("ranking_ms").asDouble() > 0);
  }

  @Test
  void probesFollowReadiness() throws Exception {
    assertEquals(200, demo.get("/livez").statusCode());
    assertEquals(200, demo.get("/readyz").statusCode());
    assertEquals(200, demo.get("/v2/health/ready").statusCode());
    demo.ready().set(false);
    assertEquals(503, demo.get("/readyz").statusCode());
    assertEquals(503, demo.get("/v2/models/ranker/ready").statusCode());
    assertEquals(200, demo.get("/livez").statusCode());
    demo.ready().set(true);
  }

  @Test
  void metricsHaveBothFamilies() throws Exception {
    demo.direct(new Task.Retrieve(1));
    demo.post("/v1/recommend", Files.readString(Demo.ARTIFACTS.sequence()));
    demo.post("/v1/recommend", "{");
    String metrics = demo.get("/metrics").body();
    for (String name :
        List.of(
            "recsys_engine_num_requests{grpc_status=\"OK\"}",
            "recsys_engine_num_requests_rejected{reason=\"invalid\"}",
            "recsys_engine_request_latency_ms_bucket{le=\"5.0\"}",
            "recsys_engine_item_queue_time_count",
            "recsys_engine_queue_backlog 0",
            "recsys_engine_items_in_flight",
            "recsys_engine_tokens_processed_total",
            "recsys_engine_tokens_padded_total",
            "recsys_engine_admission_predicted_eta_ms",
            "checkpoint_reload_success",
            "phoenix_http_codec_duration_seconds_total",
            "nv_inference_request_success",
            "nv_inference_request_failure{model=\"demo\",reason=\"invalid\",",
            "nv_inference_count",
            "nv_inference_exec_count",
            "nv_inference_pending_request_count",
            "nv_inference_request_duration_us",
            "nv_inference_queue_duration_us",
            "nv_inference_compute_infer_duration_us",
            "phoenix_batch_size_bucket",
            "phoenix_queue_age_seconds",
            "phoenix_history_cache_hit_ratio",
            "jvm_memory_used_bytes")) {
      assertTrue(metrics.contains("\n" + name), name + " in\n" + metrics);
    }
    assertFalse(metrics.contains("NaN"), metrics);
  }

  @Test
  void administrationTakesTheToken() throws Exception {
    assertEquals(401, demo.send(demo.to(demo.admin(), "/admin/status")).statusCode());
    HttpRequest.Builder wrong =
        demo.to(demo.admin(), "/admin/reload")
            .header("Authorization", "Bearer no")
            .POST(BodyPublishers.noBody());
    assertEquals(401, demo.send(wrong).statusCode());
    assertEquals(404, demo.send(demo.to(demo.users(), "/admin/status")).statusCode());
    HttpRequest.Builder right =
        demo.to(demo.admin(), "/admin/reload")
            .header("Authorization", "Bearer " + DemoWeb.TOKEN)
            .POST(BodyPublishers.noBody());
    String before = Objects.requireNonNull(demo.engine().model()).version();
    assertEquals(202, demo.send(right).statusCode());
    Await.until("the reload ends", () -> !demo.reloader().isBusy());
    assertFalse(before.equals(Objects.requireNonNull(demo.engine().model()).version()));
    HttpRequest.Builder outside =
        demo.to(demo.admin(), "/admin/reload?model=..%2f..")
            .header("Authorization", "Bearer " + DemoWeb.TOKEN)
            .POST(BodyPublishers.noBody());
    long refused = PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected");
    long all = PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests");
    assertEquals(400, demo.send(outside).statusCode());
    assertEquals(
        refused, PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected"));
    assertEquals(all, PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests"));
  }
}
