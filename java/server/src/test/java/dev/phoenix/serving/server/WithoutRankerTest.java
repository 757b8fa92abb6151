package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.Demo;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import phoenix.v1.RankedPost;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.Scoring;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;

/** A server of artifacts without a ranker, or told to leave it: feeds in the order of retrieval. */
@Timeout(180)
class WithoutRankerTest {
  private static final String REASON = "this server runs without a ranker";
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int TOP_K = 20;
  private static final String INFER =
      """
      {"inputs": [
        {"name": "user_id", "shape": [1], "datatype": "UINT64", "data": [7]},
        {"name": "history_post_ids", "shape": [0], "datatype": "UINT64", "data": []},
        {"name": "history_author_ids", "shape": [0], "datatype": "UINT64", "data": []},
        {"name": "history_actions", "shape": [0, 19], "datatype": "FP32", "data": []},
        {"name": "top_k", "shape": [1], "datatype": "INT32", "data": [20]}]}
      """;

  private static Artifacts demoWithoutRanker(Path folder) throws IOException {
    Artifacts copy = Demo.copy(folder);
    removeRanker(copy);
    return copy;
  }

  private static void removeRanker(Artifacts artifacts) throws IOException {
    Path ranker = artifacts.directory().resolve("ranker");
    try (Stream<Path> files = Files.list(ranker)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(ranker);
  }

  private static PhoenixServer start(Artifacts artifacts, Map<Setting, String> more) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.ARTIFACTS, artifacts.directory().toString());
    flags.put(Setting.LAME_DUCK_SECONDS, "0");
    flags.putAll(more);
    return ServerSurfaceTest.start(flags);
  }

  private static PhoenixClient client(PhoenixServer server) {
    return PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), ServerSurfaceTest.PATIENT);
  }

  private static HttpResponse<String> get(PhoenixServer server, HttpClient http, String path)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(
      PhoenixServer server, HttpClient http, String path, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + path);
    return http.send(
        HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static void assertRefused(Executable call) {
    assertRefused(Status.Code.INVALID_ARGUMENT, call);
  }

  private static void assertRefused(Status.Code code, Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, refused.getStatus().getCode());
    assertTrue(refused.getStatus().toString().contains(REASON), refused.getStatus().toString());
  }

  private static void assertRefused(HttpResponse<String> response) {
    assertRefused(400, response);
  }

  private static void assertRefused(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    assertTrue(response.body().contains(REASON), response.body());
  }

  /** Posts of a feed over gRPC, whose scores are those of retrieval, in falling order. */
  private static List<Long> feed(PhoenixClient client) {
    RecommendResponse feed = client.recommend(ServerSurfaceTest.recommend(TOP_K));
    assertEquals(TOP_K, feed.getPostsCount());
    float last = Float.POSITIVE_INFINITY;
    List<Long> posts = new ArrayList<>();
    for (RankedPost post : feed.getPostsList()) {
      assertEquals(post.getRetrievalScore(), post.getWeightedScore());
      assertEquals(0, post.getProbabilitiesCount());
      assertTrue(post.getRetrievalScore() <= last);
      last = post.getRetrievalScore();
      posts.add(post.getPostId());
    }
    return posts;
  }

  @Test
  void feedsOverHttpAndGrpcAreThoseOfRetrieval(@TempDir Path folder) throws Exception {
    try (PhoenixServer server = start(demoWithoutRanker(folder), Map.of());
        HttpClient http = HttpClient.newHttpClient();
        PhoenixClient client = client(server)) {
      server.load();
      List<Long> posts = feed(client);
      String body = "{\"user_id\": 7, \"top_k\": %d, \"limit\": %1$d".formatted(TOP_K);
      HttpResponse<String> answer = post(server, http, "/v1/recommend", body + "}");
      assertEquals(200, answer.statusCode(), answer.body());
      JsonNode shown = MAPPER.readTree(answer.body()).get("posts");
      for (int i = 0; i < TOP_K; i++) {
        JsonNode post = shown.get(i);
        assertEquals(Long.toUnsignedString(posts.get(i)), post.get("post_id").asString());
        assertEquals(i + 1, post.get("retrieval_rank").intValue());
        assertEquals(post.get("retrieval_score"), post.get("weighted_score"));
        assertTrue(post.get("probabilities").isEmpty());
      }
      for (String weights : List.of("favorite=1", "published", "production")) {
        String asked = body + ", \"weights\": \"" + weights + "\"}";
        assertRefused(post(server, http, "/v1/recommend", asked));
      }
      RecommendRequest request =
          ServerSurfaceTest.recommend(TOP_K).toBuilder()
              .setScoring(Scoring.newBuilder().setPreset("production"))
              .build();
      assertRefused(() -> client.recommend(request));
      assertRefused(
          () ->
              client.rank(
                  PredictNextActionsRequest.newBuilder()
                      .addSequences(UserActionSequence.newBuilder().setUserId(7))
                      .addCandidateSets(
                          CandidateSet.newBuilder()
                              .addCandidates(TweetInfo.newBuilder().setTweetId(1).setAuthorId(2)))
                      .build()));
      JsonNode model = MAPPER.readTree(get(server, http, "/v1/live").body()).get("model");
      assertFalse(model.get("ranker").booleanValue());
      assertEquals(19, model.get("actions").intValue());
      assertTrue(
          get(server, http, "/metrics")
              .body()
              .contains("recsys_engine_num_requests{grpc_status=\"OK\"} 2.0"));
      server.engine().load(new Artifacts(folder));
      assertEquals(posts, feed(client));
      assertTrue(server.stop(), "every request is answered when the server ends");
    }
  }

  @Test
  void theOpenProtocolHasNoRanker(@TempDir Path folder) throws Exception {
    try (PhoenixServer server = start(demoWithoutRanker(folder), Map.of());
        HttpClient http = HttpClient.newHttpClient()) {
      server.load();
      assertRefused(404, post(server, http, "/v2/models/ranker/infer", INFER));
      assertRefused(404, get(server, http, "/v2/models/ranker"));
      assertRefused(404, get(server, http, "/v2/models/ranker/ready"));
      assertEquals(200, get(server, http, "/v2/models/recommender/ready").statusCode());
      JsonNode told = MAPPER.readTree(get(server, http, "/v2/models/recommender").body());
      assertEquals(
          List.of("post_ids", "author_ids", "retrieval_scores", "weighted_scores"),
          told.get("outputs").valueStream().map(each -> each.get("name").asString()).toList());
      HttpResponse<String> answer = post(server, http, "/v2/models/recommender/infer", INFER);
      assertEquals(200, answer.statusCode(), answer.body());
      JsonNode outputs = MAPPER.readTree(answer.body()).get("outputs");
      assertEquals(4, outputs.size());
      assertEquals(TOP_K, outputs.get(0).get("data").size());
      assertEquals(outputs.get(2).get("data"), outputs.get(3).get("data"));
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(server.grpcPort()))
              .usePlaintext()
              .build();
      try {
        askOverGrpc(GRPCInferenceServiceGrpc.newBlockingStub(channel));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static void askOverGrpc(GRPCInferenceServiceBlockingStub stub) {
    assertRefused(Status.Code.NOT_FOUND, () -> ready(stub, "ranker"));
    assertTrue(ready(stub, "recommender"));
    assertRefused(
        Status.Code.NOT_FOUND,
        () -> stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("ranker").build()));
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder();
    input(request, "user_id", "UINT64", 1).getContentsBuilder().addUint64Contents(7);
    input(request, "history_post_ids", "UINT64", 0);
    input(request, "history_author_ids", "UINT64", 0);
    input(request, "history_actions", "FP32", 0).addShape(19);
    input(request, "top_k", "INT32", 1).getContentsBuilder().addIntContents(TOP_K);
    ModelInferResponse answer = stub.modelInfer(request.setModelName("recommender").build());
    assertEquals(4, answer.getOutputsCount());
    assertEquals(answer.getRawOutputContents(2), answer.getRawOutputContents(3));
    ModelInferRequest ranked = request.setModelName("ranker").build();
    assertRefused(Status.Code.NOT_FOUND, () -> stub.modelInfer(ranked));
  }

  private static InferInputTensor.Builder input(
      ModelInferRequest.Builder request, String name, String datatype, long rows) {
    return request.addInputsBuilder().setName(name).setDatatype(datatype).addShape(rows);
  }

  private static boolean ready(GRPCInferenceServiceBlockingStub stub, String model) {
    return stub.modelReady(ModelReadyRequest.newBuilder().setName(model).build()).getReady();
  }

  @Test
  void aSettingLeavesTheRankerThatThereIs() {
    try (PhoenixServer server = start(Demo.ARTIFACTS, Map.of(Setting.NO_RANKER, "true"));
        PhoenixServer whole = start(Demo.ARTIFACTS, Map.of(Setting.WEIGHTS, "retrieval"));
        PhoenixClient client = client(server);
        PhoenixClient wholeClient = client(whole)) {
      server.load();
      whole.load();
      List<Long> ranked =
          wholeClient.recommend(ServerSurfaceTest.recommend(TOP_K)).getPostsList().stream()
              .map(RankedPost::getPostId)
              .toList();
      assertEquals(ranked, feed(client));
    }
  }

  @Test
  void weightsOfRankerOutputsAreRefusedAtTheStart() {
    Map<Setting, String> flags = Map.of(Setting.NO_RANKER, "true", Setting.WEIGHTS, "published");
    try (PhoenixServer server = start(Demo.ARTIFACTS, flags)) {
      IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, server::load);
      assertTrue(String.valueOf(refused.getMessage()).contains("retrieval"), refused.getMessage());
      assertFalse(server.isReady());
    }
  }

  /** A lost folder is a mistake where a ranker serves. */
  @Test
  void noReloadTakesTheRankerAway(@TempDir Path folder) throws Exception {
    Artifacts artifacts = Demo.copy(folder);
    try (PhoenixServer server = start(artifacts, Map.of());
        PhoenixClient client = client(server)) {
      server.load();
      removeRanker(artifacts);
      assertThrows(CheckpointException.class, () -> server.engine().load(artifacts));
      RecommendResponse feed = client.recommend(ServerSurfaceTest.recommend(TOP_K));
      assertEquals("1", feed.getModelVersion());
      assertEquals(19, feed.getPosts(0).getProbabilitiesCount());
    }
    Map<Setting, String> expected = Map.of(Setting.NO_RANKER, "false");
    try (PhoenixServer server = start(artifacts, expected)) {
      assertThrows(CheckpointException.class, server::load);
    }
  }
}
