package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.feature.PostAge;
import dev.phoenix.serving.Demo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The impression time is a field of requests in both protocols and changes scores. */
@Timeout(180)
class ImpressionTimeTest {
  private static final long HOUR = 3600;

  /** The time of creation of the demo's first post, from its id. */
  private static long created() {
    try (Corpus corpus = Corpus.open(Demo.ARTIFACTS.corpus())) {
      return PostAge.created(corpus.postId(0), 0, PostAge.MAX_SECONDS);
    }
  }

  private static Map<String, Float> scores(PhoenixClient client, long impression) {
    RecommendRequest request =
        ServerSurfaceTest.recommend(40).toBuilder().setImpressionTime(impression).build();
    RecommendResponse response = client.recommend(request);
    Map<String, Float> scores = new TreeMap<>();
    response
        .getPostsList()
        .forEach(
            post -> scores.put(Long.toUnsignedString(post.getPostId()), post.getWeightedScore()));
    return scores;
  }

  private static HttpResponse<String> post(PhoenixServer server, HttpClient http, long impression)
      throws Exception {
    String body =
        "{\"user_id\": 7, \"top_k\": 40, \"limit\": 40, \"impression_time\": %d}"
            .formatted(impression);
    URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + "/v1/recommend");
    return http.send(
        HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static Map<String, Float> scores(HttpResponse<String> response) {
    Map<String, Float> scores = new TreeMap<>();
    for (JsonNode post : new JsonMapper().readTree(response.body()).get("posts")) {
      scores.put(post.get("post_id").asString(), post.get("weighted_score").floatValue());
    }
    return scores;
  }

  @Test
  void aRequestSaysWhenItsPostsAreShown() throws Exception {
    long created = created();
    assertTrue(created > 0, "the demo's ids are snowflakes");
    try (PhoenixServer server = ServerSurfaceTest.start(Map.of());
        HttpClient http = HttpClient.newHttpClient();
        PhoenixClient client =
            PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), ServerSurfaceTest.PATIENT)) {
      server.load();
      Map<String, Float> soon = scores(client, created + HOUR);
      Map<String, Float> later = scores(client, created + 40 * HOUR);
      assertEquals(40, soon.size());
      assertEquals(soon.keySet(), later.keySet());
      assertNotEquals(soon, later);
      assertEquals(soon, scores(post(server, http, created + HOUR)));
      assertEquals(later, scores(post(server, http, created + 40 * HOUR)));
      // Without a time the server's clock is used, by which these posts are old.
      assertEquals(scores(client, created + 10_000 * HOUR), scores(client, 0));
      HttpResponse<String> milliseconds = post(server, http, 1000 * created);
      assertEquals(400, milliseconds.statusCode(), milliseconds.body());
      assertTrue(milliseconds.body().contains("expected seconds since the epoch"));
    }
  }
}
