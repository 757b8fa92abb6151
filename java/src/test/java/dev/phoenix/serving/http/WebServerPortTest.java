package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.AdminToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every path over a real connection, held against the engine. */
class WebServerPortTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final AtomicBoolean READY = new AtomicBoolean(true);
  private static ServingEngine engine;
  private static Reloader reloader;
  private static WebServerPort users;
  private static WebServerPort admin;
  private static HttpClient client;
  private static UserSequence example;

  @BeforeAll
  static void start() {
    example = UserSequence.read(Demo.ARTIFACTS.sequence());
    engine = Demo.engine(Demo.options(8, 50_000_000));
    engine.load(Demo.ARTIFACTS);
    reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
    users =
        WebServerPort.start(
            Endpoint.loopback(0),
            new WebServerPort.Context(engine, FeedPolicy.DEFAULT, example, READY::get));
    admin = users.startAdmin(Endpoint.loopback(0), reloader, AdminToken.of(TOKEN));
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    client.close();
    admin.close();
    users.close();
    reloader.close();
    engine.close();
  }

  private static HttpRequest.Builder to(WebServerPort port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(to(users, path));
  }

  private static HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return send(to(users, path).POST(BodyPublishers.ofString(body)));
  }

  private static ServingResponse direct(Task task) {
    return engine.submit(Demo.patient(UserHistory.of(example), task)).answer().join();
  }

  @Test
  void theExampleFileIsARequest() throws Exception {
    var response = post("/v1/recommend", Files.readString(Demo.ARTIFACTS.sequence()));
    assertEquals(200, response.statusCode(), response.body());
    JsonNode feed = MAPPER.readTree(response.body());
    ServingResponse expected = direct(new Task.Recommend(200));
    var scores = Objects.requireNonNull(expected.scores());
    var ranking = FeedPolicy.DEFAULT.rank(scores);
    assertEquals(200, feed.get("retrieved").asInt());
    assertEquals(30, feed.get("posts").size());
    for (int rank = 0; rank < 30; rank++) {
      JsonNode post = feed.get("posts").get(rank);
      int i = ranking.order()[rank];
      assertEquals(
          Long.toUnsignedString(expected.posts().postIds()[i]), post.get("post_id").asString());
      assertEquals(ranking.scores()[i], post.get("weighted_score").floatValue());
      assertEquals(
          scores.probabilities()[i * 19 + 1],
          post.get("probabilities").get("favorite").floatValue());
    }
    assertTrue(feed.get("timing").get("ranking_ms").asDouble() > 0);
  }

  private static HttpResponse<byte[]> postCoded(String coding, byte[] body, String accepted)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        to(users, "/v1/recommend")
            .header("Content-Encoding", coding)
            .header("Accept-Encoding", accepted)
            .POST(BodyPublishers.ofByteArray(body));
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  @Test
  void bodiesAreCompressedBothWaysAndNoBombGetsThrough() throws Exception {
    byte[] body = Files.readAllBytes(Demo.ARTIFACTS.sequence());
    for (ContentCoding coding : new ContentCoding[] {ContentCoding.GZIP, ContentCoding.ZSTD}) {
      var response = postCoded(coding.label(), coding.encode(body), coding.label() + ";q=0.9, br");
      assertEquals(200, response.statusCode());
      assertEquals(coding.label(), response.headers().firstValue("Content-Encoding").orElse(""));
      byte[] plain = coding.decode(new ByteArrayInputStream(response.body())).readAllBytes();
      assertTrue(plain.length > 2 * response.body().length, plain.length + " bytes");
      assertEquals(30, MAPPER.readTree(plain).get("posts").size());

      byte[] bomb = new byte[Answers.MAX_BODY_BYTES + 1];
      Arrays.fill(bomb, (byte) ' ');
      var refused = postCoded(coding.label(), coding.encode(bomb), "identity");
      assertEquals(400, refused.statusCode());
      String error = new String(refused.body(), StandardCharsets.UTF_8);
      assertTrue(error.contains("expected at most 16777216 bytes"), error);
      byte[] torn = Arrays.copyOf(coding.encode(body), 200);
      assertEquals(400, postCoded(coding.label(), torn, "").statusCode());
    }
    assertEquals(400, postCoded("br", body, "").statusCode());
    var plain = postCoded("identity", body, "zstd;q=0, deflate");
    assertEquals("", plain.headers().firstValue("Content-Encoding").orElse(""));
  }

  @Test
  void badBodiesAreRefusedInOneLine() throws Exception {
    for (String body :
        List.of(
            "",
            "[",
            "{\"user_id\": -1}",
            "{\"user_id\": 18446744073709551616}",
            "{\"user_id\": 1, \"top_k\": 1e3}",
            "{\"user_id\": 1, \"top_k\": 1001}",
            "{\"user_id\": 1, \"history\": {}}",
            "{\"user_id\": 1, \"history\": [{\"actions\": {\"x\": 1}}]}",
            "{\"user_id\": 1, \"history\": [{\"actions\": {\"1\": 1e99}}]}",
            "{} {}",
            "{\"a\": " + "[".repeat(200) + "]".repeat(200) + "}")) {
      var response = post("/v1/recommend", body);
      assertEquals(400, response.statusCode(), body);
      String error = MAPPER.readTree(response.body()).get("error").asString();
      assertFalse(error.contains("\n") || error.contains("jackson"), error);
    }
    String many = "{\"history\": [" + "{},".repeat(5000) + "{}]}";
    assertEquals(400, post("/v1/recommend", many).statusCode());
  }

  /** The server answers and closes without reading on, so a client may find only the end. */
  @Test
  void aBodyThatIsTooLargeIsNotRead() throws Exception {
    try {
      int code = post("/v1/recommend", " ".repeat(17 << 20)).statusCode();
      assertTrue(code == 413 || code == 400, "found " + code);
    } catch (IOException closed) {
      assertFalse(closed instanceof HttpTimeoutException, String.valueOf(closed));
    }
    assertEquals(200, get("/readyz").statusCode());
  }

  /**
   * The deadline counts from the head of the request. The server asks for the body once it has
   * taken note of the time, and the body takes longer than the deadline to come.
   */
  @Test
  void aDeadlineThatCannotBeMetIsAGatewayTimeout() throws Exception {
    byte[] body =
        "{\"user_id\": 3, \"top_k\": 1000, \"deadline_ms\": 1}".getBytes(StandardCharsets.UTF_8);
    long expired = engine.metrics().count("recsys_engine_num_requests_rejected");
    var response =
        send(
            to(users, "/v1/recommend")
                .expectContinue(true)
                .POST(BodyPublishers.ofInputStream(() -> afterAWhile(body))));
    assertEquals(504, response.statusCode(), response.body());
    assertTrue(response.body().contains("deadline"), response.body());
    assertEquals(expired + 1, engine.metrics().count("recsys_engine_num_requests_rejected"));
  }

  private static InputStream afterAWhile(byte[] body) {
    try {
      Thread.sleep(5);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return new ByteArrayInputStream(body);
  }

  @Test
  void probesFollowReadiness() throws Exception {
    assertEquals(200, get("/livez").statusCode());
    assertEquals(200, get("/readyz").statusCode());
    assertEquals(200, get("/v2/health/ready").statusCode());
    READY.set(false);
    assertEquals(503, get("/readyz").statusCode());
    assertEquals(503, get("/v2/models/ranker/ready").statusCode());
    assertEquals(200, get("/livez").statusCode());
    READY.set(true);
  }

  @Test
  void metricsHaveBothFamilies() throws Exception {
    direct(new Task.Retrieve(1));
    post("/v1/recommend", Files.readString(Demo.ARTIFACTS.sequence()));
    post("/v1/recommend", "{");
    String metrics = get("/metrics").body();
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
            "phoenix_http_codec_duration_us",
            "nv_inference_request_success",
            "nv_inference_request_failure{reason=\"invalid\"}",
            "nv_inference_count",
            "nv_inference_exec_count",
            "nv_inference_pending_request_count",
            "nv_inference_request_duration_us",
            "nv_inference_queue_duration_us",
            "nv_inference_compute_infer_duration_us",
            "phoenix_batch_size_bucket",
            "phoenix_queue_age_ms",
            "phoenix_history_cache_hit_ratio",
            "jvm_memory_used_bytes")) {
      assertTrue(metrics.contains("\n" + name), name + " in\n" + metrics);
    }
    assertFalse(metrics.contains("NaN"), metrics);
  }

  private static String inferBody(String data) {
    return """
    {"id": "a1", "inputs": [
      {"name": "user_id", "shape": [1], "datatype": "UINT64", "data": [7]},
      {"name": "history_post_ids", "shape": [2], "datatype": "UINT64", "data": [5, 18446744073709551615]},
      {"name": "history_author_ids", "shape": [2], "datatype": "UINT64", "data": [6, 8]},
      {"name": "history_actions", "shape": [2, 3], "datatype": "FP32", %s},
      {"name": "top_k", "shape": [1], "datatype": "INT32", "data": [4]}]}
    """
        .formatted(data);
  }

  @Test
  void theOpenProtocolTakesJsonAndBytes() throws Exception {
    String path = "/v2/models/recommender/infer";
    var plain = post(path, inferBody("\"data\": [[0, 1, 0.0], [0, 0, 1]]"));
    assertEquals(200, plain.statusCode(), plain.body());
    JsonNode answer = MAPPER.readTree(plain.body());
    assertEquals("a1", answer.get("id").asString());
    assertEquals(4, answer.get("outputs").get(0).get("data").size());
    assertEquals("[4,19]", answer.get("outputs").get(4).get("shape").toString());
    byte[] json =
        inferBody("\"parameters\": {\"binary_data_size\": 24}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(json.length + 24).order(ByteOrder.LITTLE_ENDIAN);
    body.put(json).putFloat(0).putFloat(1).putFloat(0).putFloat(0).putFloat(0).putFloat(1);
    var mixed =
        send(
            to(users, path)
                .header("Inference-Header-Content-Length", Integer.toString(json.length))
                .POST(BodyPublishers.ofByteArray(body.array())));
    assertEquals(answer.get("outputs"), MAPPER.readTree(mixed.body()).get("outputs"));
    assertEquals(400, post(path, inferBody("\"data\": [1]")).statusCode());
    assertEquals(400, post("/v2/models/none/infer", inferBody("\"data\": [1]")).statusCode());
    assertEquals("phoenix", MAPPER.readTree(get("/v2").body()).get("name").asString());
    assertEquals(6, MAPPER.readTree(get("/v2/models/retrieval").body()).get("inputs").size() - 1);
  }

  @Test
  void outputsAreGivenInBytesToWhoeverAsks() throws Exception {
    String wanted =
        inferBody("\"data\": [0, 1, 0, 0, 0, 1]")
            .replace(
                "{\"id\"",
                "{\"outputs\": [{\"name\": \"post_ids\", \"parameters\": {\"binary_data\": true}}],"
                    + " \"id\"");
    HttpResponse<byte[]> response =
        client.send(
            to(users, "/v2/models/retrieval/infer").POST(BodyPublishers.ofString(wanted)).build(),
            BodyHandlers.ofByteArray());
    int length =
        Integer.parseInt(
            response.headers().firstValue("Inference-Header-Content-Length").orElse("-1"));
    JsonNode header = MAPPER.readTree(Arrays.copyOf(response.body(), length));
    assertEquals(1, header.get("outputs").size());
    assertEquals(length + 4 * Long.BYTES, response.body().length);
  }

  @Test
  void administrationTakesTheToken() throws Exception {
    assertEquals(401, send(to(admin, "/admin/status")).statusCode());
    HttpRequest.Builder wrong =
        to(admin, "/admin/reload")
            .header("Authorization", "Bearer no")
            .POST(BodyPublishers.noBody());
    assertEquals(401, send(wrong).statusCode());
    assertEquals(404, send(to(users, "/admin/status")).statusCode());
    HttpRequest.Builder right =
        to(admin, "/admin/reload")
            .header("Authorization", "Bearer " + TOKEN)
            .POST(BodyPublishers.noBody());
    String before = Objects.requireNonNull(engine.model()).version();
    assertEquals(202, send(right).statusCode());
    while (reloader.isBusy()) {
      Thread.sleep(20);
    }
    assertFalse(before.equals(Objects.requireNonNull(engine.model()).version()));
    HttpRequest.Builder outside =
        to(admin, "/admin/reload?model=..%2f..")
            .header("Authorization", "Bearer " + TOKEN)
            .POST(BodyPublishers.noBody());
    assertEquals(400, send(outside).statusCode());
  }
}
