package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.phoenix.client.ClientOptions;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import phoenix.v1.CorpusSelection;
import phoenix.v1.PutPostsRequest;
import phoenix.v1.RecommendRequest;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.UserActionSequence;

/** A whole server as callers see it: metrics, errors, limits. */
@Timeout(180)
class ServerSurfaceTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final int MAX_BODY_BYTES = 16 << 20;

  /** A path, an address, a class, a line of a stack trace. */
  private static final Pattern INTERNAL =
      Pattern.compile(
          "/[a-z]+/[a-z]+|[a-z]:\\\\|\\d+\\.\\d+\\.\\d+\\.\\d+|localhost|(dev|java|io|tools|com)\\.[a-z]+\\.|Exception|Error:|\\.java|\\bat"
              + " \\S+\\(",
          Pattern.CASE_INSENSITIVE);

  static final ClientOptions PATIENT = ClientOptions.DEFAULT.withDeadline(Duration.ofMinutes(1));

  static PhoenixServer start(Map<Setting, String> more) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.GRPC_PORT, "0");
    flags.put(Setting.HTTP_PORT, "0");
    flags.put(Setting.ADMIN_PORT, "0");
    flags.put(Setting.ADMIN_TOKEN, TOKEN);
    flags.put(Setting.THREADS, "1");
    flags.put(Setting.DEFAULT_DEADLINE_MS, "60000");
    flags.putAll(more);
    Settings settings = Settings.resolve(null, Map.of(), flags);
    return PhoenixServer.start(ServerConfig.of(settings, Demo.ARTIFACTS.directory()));
  }

  private static HttpResponse<String> get(HttpClient http, String port, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(
      HttpClient http, String port, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(body)
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(HttpClient http, String port, String path, String body)
      throws IOException, InterruptedException {
    return post(http, port, path, BodyPublishers.ofString(body));
  }

  static RecommendRequest recommend(int topK, String... corpora) {
    return RecommendRequest.newBuilder()
        .setSequence(UserActionSequence.newBuilder().setUserId(7))
        .setTopK(topK)
        .setSelection(CorpusSelection.newBuilder().addAllCorpora(List.of(corpora)))
        .build();
  }

  @Test
  void metricsHaveTheirNamesAndLabelsAfterMixedTraffic() throws Exception {
    try (PhoenixServer server = start(Map.of());
        HttpClient http = HttpClient.newHttpClient();
        PhoenixClient client = PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), PATIENT)) {
      server.load();
      assertEquals(4, client.recommend(recommend(4)).getPostsCount());
      assertThrows(StatusRuntimeException.class, () -> client.recommend(recommend(5000)));
      String body = "{\"user_id\": 3, \"top_k\": 4}";
      assertEquals(200, post(http, server.httpPort(), "/v1/recommend", body).statusCode());
      assertEquals(400, post(http, server.httpPort(), "/v1/recommend", "{").statusCode());
      // A batch is counted a moment after its last answer.
      PrometheusMetrics counted = PrometheusMetrics.of(server.engine());
      Await.until("two batches", () -> counted.batches()[0] == 2);
      String metrics = get(http, server.httpPort(), "/metrics").body();
      for (String line :
          List.of(
              "recsys_engine_num_requests\\{grpc_status=\"OK\"} 2\\.0",
              "recsys_engine_num_requests\\{grpc_status=\"INVALID_ARGUMENT\"} 2\\.0",
              "recsys_engine_num_requests_rejected\\{reason=\"invalid\"} 2\\.0",
              "recsys_engine_request_latency_ms_bucket\\{le=\"\\+Inf\"} 4",
              "recsys_engine_request_latency_ms_count 4",
              "recsys_engine_item_queue_time_count 2",
              "recsys_engine_queue_backlog 0\\.0",
              "recsys_engine_items_in_flight 0\\.0",
              "recsys_engine_tokens_processed_total [1-9].*",
              "recsys_engine_tokens_padded_total 0\\.0",
              "recsys_engine_admission_predicted_eta_ms \\S+",
              "model_requests_nan_detected 0\\.0",
              "checkpoint_reload_success 1\\.0",
              "checkpoint_reload_failure 0\\.0",
              "checkpoint_reload_in_progress 0\\.0",
              "nv_inference_request_success\\{model=\"demo\",version=\"1\"} 2\\.0",
              "nv_inference_request_failure\\{model=\"demo\",reason=\"invalid\",version=\"1\"}"
                  + " 2\\.0",
              "nv_inference_count\\{model=\"demo\",version=\"1\"} 2\\.0",
              "nv_inference_exec_count\\{model=\"demo\",version=\"1\"} 2\\.0",
              "nv_inference_pending_request_count\\{model=\"demo\",version=\"1\"} 0\\.0",
              "nv_inference_request_duration_us\\{model=\"demo\",version=\"1\"} [1-9].*",
              "nv_inference_queue_duration_us\\{model=\"demo\",version=\"1\"} \\d.*",
              "nv_inference_compute_infer_duration_us\\{model=\"demo\",version=\"1\"} [1-9].*")) {
        assertTrue(
            Pattern.compile("(?m)^" + line + "$").matcher(metrics).find(),
            line + " in\n" + metrics);
      }
    }
  }

  private static String refusal(Executable call) {
    StatusRuntimeException failed = assertThrows(StatusRuntimeException.class, call);
    return String.valueOf(failed.getStatus().getDescription());
  }

  private static void assertNothingInternal(String error) {
    assertFalse(INTERNAL.matcher(error).find(), error);
    assertFalse(error.strip().contains("\n"), error);
    assertFalse(error.isBlank(), "an error says what is wrong");
  }

  @Test
  void errorsCarryNoPathNoAddressAndNoStackTrace() throws Exception {
    try (PhoenixServer server = start(Map.of());
        HttpClient http = HttpClient.newHttpClient();
        PhoenixClient client =
            PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), PATIENT.withToken(TOKEN))) {
      var unloaded = post(http, server.httpPort(), "/v1/recommend", "{}");
      assertEquals(503, unloaded.statusCode());
      assertNothingInternal(unloaded.body());
      server.load();
      List<Executable> calls =
          List.of(
              () -> client.recommend(recommend(-1)),
              () -> client.recommend(recommend(1, "nope", "/etc/passwd")),
              () -> client.rank(PredictNextActionsRequest.getDefaultInstance()),
              () -> client.retrieve(RetrieveTopKCandidatesRequest.getDefaultInstance()),
              () -> client.put(PutPostsRequest.getDefaultInstance()));
      for (Executable call : calls) {
        assertNothingInternal(refusal(call).replace("/etc/passwd", ""));
      }
      refuseTensors(server);
      for (String[] request :
          new String[][] {
            {"/v1/recommend", "{\"user_id\": -1}"},
            {"/v1/recommend", "{\"history\": " + "[".repeat(200)},
            {"/v1/recommend", "{\"x\": " + "[".repeat(99) + "1]"},
            {"/v1/recommend", "{\"corpora\": [\"nope\"]}"},
            {"/v2/models/ranker/infer", "{\"inputs\": [{\"name\": \"user_id\"}]}"},
            {"/v2/models/none/infer", "{}"}
          }) {
        HttpResponse<String> refused = post(http, server.httpPort(), request[0], request[1]);
        int expected = request[0].contains("/none/") ? 404 : 400;
        assertEquals(expected, refused.statusCode(), refused.body());
        assertNothingInternal(refused.body());
      }
      String admin = String.valueOf(server.adminPort());
      for (String model : List.of("..%2F..%2Fetc", "none")) {
        HttpResponse<String> refused = post(http, admin, "/admin/reload?model=" + model, "");
        assertEquals(400, refused.statusCode(), refused.body());
        assertNothingInternal(refused.body());
      }
    }
  }

  private static void refuseTensors(PhoenixServer server) throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(server.grpcPort()))
            .usePlaintext()
            .build();
    try {
      var stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
      ModelInferRequest named = ModelInferRequest.newBuilder().setModelName("ranker").build();
      InferInputTensor tensor =
          InferInputTensor.newBuilder().setName("user_id").setDatatype("STRING").build();
      for (ModelInferRequest request :
          List.of(
              named,
              named.toBuilder().setModelName("/models/ranker").build(),
              named.toBuilder().addInputs(tensor).build(),
              named.toBuilder().addRawInputContents(ByteString.EMPTY).build())) {
        String refusal = refusal(() -> stub.modelInfer(request));
        // Names of the caller's own come back to it.
        assertNothingInternal(refusal.replace("/models/ranker", ""));
      }
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void bodiesBeyondSixteenMebibytesAreRefusedHoweverTheyAreSent() throws Exception {
    try (PhoenixServer server = start(Map.of());
        HttpClient http = HttpClient.newHttpClient()) {
      server.load();
      byte[] large = new byte[MAX_BODY_BYTES + 1];
      Arrays.fill(large, (byte) ' ');
      byte[] end = "{\"user_id\": 3, \"top_k\": 4}".getBytes(StandardCharsets.US_ASCII);
      byte[] largest = Arrays.copyOf(large, MAX_BODY_BYTES);
      System.arraycopy(end, 0, largest, MAX_BODY_BYTES - end.length, end.length);
      assertEquals(200, sendBody(http, server, BodyPublishers.ofByteArray(largest)));
      int chunked =
          sendBody(
              http, server, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)));
      assertTrue(chunked == 400 || chunked == 413, "found " + chunked);
      String deep =
          "{\"history\": %s1%s, \"user_id\": 3, \"top_k\": 4}"
              .formatted("[".repeat(100), "]".repeat(100));
      assertEquals(400, sendBody(http, server, BodyPublishers.ofString(deep)));
    }
  }

  private static int sendBody(HttpClient http, PhoenixServer server, BodyPublisher body)
      throws IOException, InterruptedException {
    return post(http, server.httpPort(), "/v1/recommend", body).statusCode();
  }
}
