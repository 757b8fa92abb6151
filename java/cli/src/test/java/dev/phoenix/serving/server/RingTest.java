package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.feature.Exclude;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import xai.recsys.v1.ActionInfo;
import xai.recsys.v1.ActionName;
import xai.recsys.v1.AggregatedUserAction;
import xai.recsys.v1.AggregatedUserActionList;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;
import xai.recsys.v1.UserActionSequenceDataContainer;

/**
 * Users walk around a ring of 200 posts, and the model has 8 history positions. Requests with whole
 * histories, at least three times as long, retrieve the same posts as the evaluation.
 */
@Timeout(180)
class RingTest {
  private static final Path RING =
      Path.of(System.getProperty("basedir", "."), "src/test/resources/ring");
  private static final LeaveOneOut.Part TEST = LeaveOneOut.Part.TEST;
  private static final int POSITIONS = 8;

  private final LeaveOneOut split =
      LeaveOneOut.of(DataFormat.SEQUENCES.read(RING.resolve("ring.txt")));

  /** A whole history and the post that follows it. */
  private record Walk(long user, long[] history, long target) {}

  private List<Walk> walks() {
    long[] ids = split.dataset().catalog().postIds();
    return split.folds().stream()
        .map(
            fold -> {
              Events events = split.events(fold);
              long[] history =
                  IntStream.range(0, fold.target(TEST))
                      .mapToLong(i -> ids[events.posts()[i]])
                      .toArray();
              long user = split.dataset().users().get(fold.user()).userId();
              return new Walk(user, history, ids[split.target(fold, TEST)]);
            })
        .toList();
  }

  private double evaluated() {
    Path folder = RING.resolve("retrieval");
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 1);
        RetrievalModel model = RetrievalModel.load(ops, folder);
        EmbeddingTables tables =
            EmbeddingTables.open(folder.resolve("embedding_tables.npz"), model.config())) {
      return new RetrievalEvaluation(split, TEST, Exclude.SEEN).model(model, tables).hitRate(10);
    }
  }

  private static PhoenixServer server(Map<Setting, String> more) {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.ARTIFACTS, RING.toString());
    settings.putAll(more);
    PhoenixServer server = ServerSurfaceTest.start(settings);
    server.load();
    return server;
  }

  private static UserActionSequence sequence(Walk walk) {
    AggregatedUserActionList.Builder list = AggregatedUserActionList.newBuilder();
    for (long post : walk.history()) {
      list.addAggregatedUserActions(
          AggregatedUserAction.newBuilder()
              .setTweetInfo(TweetInfo.newBuilder().setTweetId(post))
              .addActions(ActionInfo.newBuilder().setActionName(ActionName.ACTION_NAME_FAVORITE)));
    }
    return UserActionSequence.newBuilder()
        .setUserId(walk.user())
        .setUserActionsData(
            UserActionSequenceDataContainer.newBuilder().setOrderedAggregatedUserActionsList(list))
        .build();
  }

  private static boolean hits(Walk walk, LongStream inOrder) {
    return inOrder.limit(10).anyMatch(post -> post == walk.target());
  }

  private static void assertUnseen(Walk walk, long[] posts) {
    assertEquals(60, posts.length);
    Set<Long> seen = Arrays.stream(walk.history()).boxed().collect(Collectors.toSet());
    assertTrue(Arrays.stream(posts).noneMatch(seen::contains), () -> "user " + walk.user());
  }

  private static RecommendResponse recommend(PhoenixClient client, Walk walk) {
    return client.recommend(
        RecommendRequest.newBuilder().setSequence(sequence(walk)).setTopK(60).build());
  }

  private static LongStream retrieved(RecommendResponse response) {
    return response.getPostsList().stream()
        .sorted((a, b) -> Float.compare(b.getRetrievalScore(), a.getRetrievalScore()))
        .mapToLong(post -> post.getPostId());
  }

  private static String json(Walk walk) {
    StringBuilder text = new StringBuilder("{\"top_k\": 60, \"limit\": 60, \"user_id\": ");
    text.append(walk.user()).append(", \"history\": [");
    for (int i = 0; i < walk.history().length; i++) {
      text.append(i == 0 ? "" : ",")
          .append("{\"post_id\": %d, \"actions\": {\"1\": 1}}".formatted(walk.history()[i]));
    }
    return text.append("]}").toString();
  }

  private static JsonNode post(HttpClient http, PhoenixServer server, String body)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + "/v1/recommend");
    HttpRequest request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build();
    return new JsonMapper().readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  @Test
  void wholeHistoriesFindOverTheWireWhatTheEvaluationFinds() throws Exception {
    List<Walk> walks = walks();
    int overGrpc = 0;
    int overHttp = 0;
    try (PhoenixServer server = server(Map.of());
        HttpClient http = HttpClient.newHttpClient();
        PhoenixClient client =
            PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), ServerSurfaceTest.PATIENT)) {
      for (Walk walk : walks) {
        RecommendResponse response = recommend(client, walk);
        overGrpc += hits(walk, retrieved(response)) ? 1 : 0;
        assertUnseen(walk, retrieved(response).toArray());
        assertEquals(walk.history().length, response.getTiming().getHistoryEvents());
        assertEquals(POSITIONS, response.getTiming().getHistoryUsed());
        JsonNode answer = post(http, server, json(walk));
        long[] posts = new long[answer.get("posts").size()];
        for (JsonNode shown : answer.get("posts")) {
          posts[shown.get("retrieval_rank").asInt() - 1] = shown.get("post_id").asLong();
        }
        overHttp += hits(walk, Arrays.stream(posts)) ? 1 : 0;
        assertUnseen(walk, posts);
        assertEquals(walk.history().length, answer.get("timing").get("history_events").asInt());
        assertEquals(POSITIONS, answer.get("timing").get("history_used").asInt());
      }
      long events = walks.stream().mapToLong(walk -> walk.history().length).sum();
      var metrics = PrometheusMetrics.of(server.engine());
      assertEquals(2L * walks.size(), metrics.count("phoenix_histories_cut"));
      assertEquals(2 * events, metrics.count("phoenix_history_events"));
      assertEquals(
          2 * (events - (long) POSITIONS * walks.size()),
          metrics.count("phoenix_history_events_cut"));
    }
    double evaluated = evaluated();
    assertEquals(1.0, evaluated);
    assertEquals(evaluated, (double) overGrpc / walks.size(), 0.02);
    assertEquals(evaluated, (double) overHttp / walks.size(), 0.02);
  }

  @Test
  void theFirstEventsAreReadWhereTheServerIsToldSo() {
    List<Walk> walks = walks().subList(0, 40);
    int hits = 0;
    try (PhoenixServer server =
            server(Map.of(Setting.HISTORY_END, "first", Setting.EXCLUDE, "none"));
        PhoenixClient client =
            PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), ServerSurfaceTest.PATIENT)) {
      for (Walk walk : walks) {
        RecommendResponse whole = recommend(client, walk);
        long[] begin = Arrays.copyOf(walk.history(), POSITIONS);
        RecommendResponse first = recommend(client, new Walk(walk.user(), begin, walk.target()));
        assertEquals(
            retrieved(first).boxed().toList().subList(0, 10),
            retrieved(whole).boxed().toList().subList(0, 10));
        // Both histories have the same key, so the second request uses the kept history.
        assertTrue(first.getTiming().getHistoryWasKept());
        hits += hits(walk, retrieved(whole)) ? 1 : 0;
      }
    }
    assertTrue(hits < walks.size() / 10, "hits " + hits);
  }

  private static long[] posts(JsonNode answer) {
    long[] posts = new long[answer.get("posts").size()];
    for (int i = 0; i < posts.length; i++) {
      posts[i] = answer.get("posts").get(i).get("post_id").asLong();
    }
    return posts;
  }

  /** Retrieval finds all posts that are not excluded, for every way to exclude them. */
  @Test
  void aRequestSaysWhatIsLeftOut() throws Exception {
    Walk walk = walks().getFirst();
    long[] named = {walk.target(), 3, 999_999};
    int seen = (int) Arrays.stream(walk.history()).distinct().count();
    int rest = Arrays.stream(walk.history()).anyMatch(post -> post == 3) ? 199 : 198;
    try (PhoenixServer server = server(Map.of());
        HttpClient http = HttpClient.newHttpClient();
        PhoenixClient client =
            PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), ServerSurfaceTest.PATIENT)) {
      RecommendRequest all =
          RecommendRequest.newBuilder().setSequence(sequence(walk)).setTopK(200).build();
      assertEquals(200 - seen, client.recommend(all).getPostsCount());
      RecommendRequest.Builder others = all.toBuilder().setExclude(phoenix.v1.Exclude.EXCLUDE_NONE);
      assertEquals(200, client.recommend(others.build()).getPostsCount());
      for (long post : named) {
        others.addExcludedPostIds(post);
      }
      assertEquals(198, client.recommend(others.build()).getPostsCount());
      String body =
          json(walk).replace("\"top_k\": 60, \"limit\": 60", "\"top_k\": 200, \"limit\": 200");
      assertEquals(200 - seen, posts(post(http, server, body)).length);
      String none = body.replace("{\"top_k\"", "{\"exclude\": \"none\", \"top_k\"");
      assertEquals(200, posts(post(http, server, none)).length);
      String less =
          none.replace(
              "{\"exclude\"",
              "{\"excluded_post_ids\": [\"%d\", 3, 999999], \"exclude\"".formatted(walk.target()));
      long[] found = posts(post(http, server, less));
      assertEquals(198, found.length);
      assertTrue(Arrays.stream(found).noneMatch(id -> id == 3 || id == walk.target()));
      String wrong = body.replace("{\"top_k\"", "{\"exclude\": \"all\", \"top_k\"");
      assertTrue(
          post(http, server, wrong).get("error").asString().contains("\"seen\" or \"none\""));
      RetrieveTopKCandidatesRequest.Builder retrieve =
          RetrieveTopKCandidatesRequest.newBuilder().addSequences(sequence(walk)).setTopK(200);
      assertEquals(200 - seen, count(client, retrieve));
      assertEquals(200, count(client, retrieve.setMetadata("phoenix-posts:exclude=none")));
      assertEquals(
          rest - seen,
          count(client, retrieve.setMetadata("phoenix-posts:excluded=3,999999," + walk.target())));
    }
  }

  private static int count(PhoenixClient client, RetrieveTopKCandidatesRequest.Builder request) {
    return client.retrieve(request.build()).getTopKCandidates(0).getCandidatesCount();
  }
}
