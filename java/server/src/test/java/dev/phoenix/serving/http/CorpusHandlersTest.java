package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.LiveCorpora;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Posts put and removed over HTTP, and feeds of chosen posts as JSON. */
class CorpusHandlersTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final String POSTS = "/admin/corpora/fresh/posts";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> send(WebServerPort port, String method, String path, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path))
            .header("Authorization", "Bearer " + TOKEN)
            .method(method, BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private JsonNode ok(WebServerPort port, String method, String path, String body)
      throws Exception {
    HttpResponse<String> response = send(port, method, path, body);
    assertEquals(200, response.statusCode(), response.body());
    return JsonMapper.shared().readTree(response.body());
  }

  private int feed(WebServerPort users, String choice) throws Exception {
    String body = "{\"user_id\": 5, \"history\": [], \"top_k\": 50, %s}".formatted(choice);
    return ok(users, "POST", "/v1/recommend", body).get("retrieved").asInt();
  }

  @Test
  void postsComeAndGo() throws Exception {
    ServingEngine engine =
        ServingEngine.create(
            Demo.options(4, 0),
            RequestLimits.DEFAULT,
            () -> CpuOps.create(Precision.FLOAT32, 1),
            new PrometheusMetrics(),
            new LiveCorpora(
                folder,
                List.of("fresh"),
                CorpusSettings.defaults(),
                () -> CpuOps.create(Precision.FLOAT32, 1)));
    try (client;
        engine;
        Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory())) {
      engine.load(Demo.ARTIFACTS);
      UserSequence nobody = new UserSequence(1, List.of());
      try (WebServerPort users =
              WebServerPort.start(
                  Endpoint.loopback(0),
                  new WebServerPort.Context(engine, FeedPolicy.DEFAULT, nobody, () -> true));
          WebServerPort admin =
              users.startAdmin(Endpoint.loopback(0), reloader, BearerToken.of(TOKEN))) {
        change(users, admin);
        refuse(users, admin);
        refuseWithoutAFolder(users, admin);
      }
    }
  }

  private void refuseWithoutAFolder(WebServerPort users, WebServerPort admin) throws Exception {
    Path live = folder.resolve("fresh");
    Path away = folder.resolve("away");
    Files.move(live, away);
    HttpResponse<String> refused = send(admin, "DELETE", POSTS, "{\"post_ids\": [1]}");
    assertEquals(503, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("is gone from under the corpus"), refused.body());
    JsonNode fresh = ok(admin, "GET", "/admin/corpora", "").get("corpora").get(1);
    assertTrue(fresh.get("refusal").asString().contains("is gone"), fresh.toString());
    assertEquals(1, feed(users, "\"corpora\": [\"fresh\"]"), "searching goes on");
    String metrics = send(users, "GET", "/metrics", "").body();
    assertTrue(metrics.contains("\nphoenix_corpus_accepts_changes 0.0\n"), metrics);
    Files.move(away, live);
    assertEquals(0, ok(admin, "DELETE", POSTS, "{\"post_ids\": [1]}").get("removed").asInt());
  }

  private HttpResponse<String> infer(WebServerPort users, String posts) throws Exception {
    String inputs =
        """
        {"parameters": {"posts": "%s"}, "inputs": [
          {"name": "user_id", "shape": [1], "datatype": "UINT64", "data": [7]},
          {"name": "history_post_ids", "shape": [0], "datatype": "UINT64", "data": []},
          {"name": "history_author_ids", "shape": [0], "datatype": "UINT64", "data": []},
          {"name": "history_actions", "shape": [0, 3], "datatype": "FP32", "data": []}]}
        """
            .formatted(posts);
    return send(users, "POST", "/v2/models/retrieval/infer", inputs);
  }

  private int inferred(WebServerPort users, String posts) throws Exception {
    HttpResponse<String> response = infer(users, posts);
    assertEquals(200, response.statusCode(), response.body());
    JsonNode outputs = JsonMapper.shared().readTree(response.body()).get("outputs");
    return outputs.get(0).get("shape").get(0).asInt();
  }

  private void change(WebServerPort users, WebServerPort admin) throws Exception {
    String posts =
        "{\"posts\": [{\"post_id\": \"18446744073709551615\", \"author_id\": 2, \"topic\": \"é\"},"
            + " {\"post_id\": 8, \"author_id\": 3, \"attributes\": 6}]}";
    assertEquals(0, ok(admin, "PUT", POSTS, posts).get("replaced").asInt());
    assertEquals(2, ok(admin, "PUT", POSTS, posts).get("replaced").asInt());
    String fresh = "\"corpora\": [\"fresh\"]";
    assertEquals(2, feed(users, fresh));
    assertEquals(1, feed(users, fresh + ", \"filter\": {\"all\": 6}"));
    assertEquals(1, feed(users, fresh + ", \"filter\": {\"none\": \"2\"}"));
    assertEquals(50, feed(users, "\"corpora\": []"));
    assertEquals(1, inferred(users, "corpora=fresh;all=6"));
    assertEquals(2, inferred(users, "corpora=fresh"));
    assertEquals(400, infer(users, "corpora").statusCode());
    JsonNode removed = ok(admin, "DELETE", POSTS, "{\"post_ids\": [8, 9]}");
    assertEquals(1, removed.get("removed").asInt());
    assertEquals(1, feed(users, fresh));
    JsonNode corpora = ok(admin, "GET", "/admin/corpora", "").get("corpora");
    assertEquals("default", corpora.get(0).get("corpus").asString());
    assertEquals(1, corpora.get(1).get("posts").asInt());
    assertEquals(4, corpora.get(1).get("puts").asInt());
  }

  private void refuse(WebServerPort users, WebServerPort admin) throws Exception {
    for (String body :
        List.of(
            "",
            "[]",
            "{\"posts\": 3}",
            "{\"posts\": [{\"post_id\": 0, \"author_id\": 1}]}",
            "{\"posts\": [{\"post_id\": 1, \"topic\": 1}]}")) {
      assertEquals(400, send(admin, "PUT", POSTS, body).statusCode(), body);
    }
    String some = "{\"post_ids\": [1]}";
    HttpResponse<String> unknown = send(admin, "DELETE", "/admin/corpora/nope/posts", some);
    assertEquals(400, unknown.statusCode());
    assertTrue(unknown.body().contains("nope"), unknown.body());
    assertEquals(404, send(users, "PUT", POSTS, some).statusCode(), "not for everybody");
    assertEquals(400, send(users, "POST", "/v1/recommend", "{\"corpora\": [7]}").statusCode());
  }
}
