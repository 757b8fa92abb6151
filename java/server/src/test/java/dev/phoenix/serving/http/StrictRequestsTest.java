package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What means nothing is refused by name, and what cannot be read ends the connection. */
class StrictRequestsTest {
  private static DemoWeb demo;

  @BeforeAll
  static void start() {
    demo = DemoWeb.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  private static void assertRefused(HttpResponse<String> response, String expected) {
    assertEquals(400, response.statusCode(), response.body());
    String error = DemoWeb.MAPPER.readTree(response.body()).get("error").asString();
    assertTrue(error.contains(expected), error);
  }

  @Test
  void keysOfRequestsForFeeds() throws Exception {
    Map<String, String> wrong =
        Map.of(
            "{\"user_id\": 1, \"topk\": 3}", "found 'topk'",
            "{\"user_id\": 1, \"top_k\": 0}", "top_k: expected a whole number from 1",
            "{\"user_id\": 1, \"top_k\": -1}", "top_k: expected a whole number from 1",
            "{\"user_id\": 1, \"filter\": {\"al\": 1}}",
                "filter: expected keys of [all, any, none]",
            "{\"user_id\": 1, \"history\": [{\"post\": 1}]}", "found 'post'",
            "{\"user_id\": 1, \"weights\": {\"favourite\": 1}}", "favourite");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      assertRefused(demo.post("/v1/recommend", each.getKey()), each.getValue());
    }
    HttpResponse<String> known = demo.post("/v1/recommend", "{\"user_id\": 1, \"topk\": 3}");
    assertTrue(known.body().contains("top_k, corpora"), known.body());
  }

  @Test
  void parametersOfQueries() throws Exception {
    assertRefused(
        demo.post("/v1/recommend?top_k=3", "{\"user_id\": 1}"),
        "the query: expected no parameters, found 'top_k'");
    assertRefused(demo.get("/v2/models?x=1"), "found 'x'");
    var reload =
        demo.to(demo.admin(), "/admin/reload?name=x")
            .header("Authorization", "Bearer " + DemoWeb.TOKEN)
            .POST(BodyPublishers.noBody());
    assertRefused(demo.send(reload), "expected parameters of [model], found 'name'");
    assertEquals(200, demo.get("/readyz?verbose").statusCode(), "probes may have parameters");
  }

  private static HttpResponse<String> posts(String method, String body) throws Exception {
    return demo.send(
        demo.to(demo.admin(), "/admin/corpora/default/posts")
            .header("Authorization", "Bearer " + DemoWeb.TOKEN)
            .method(method, BodyPublishers.ofString(body)));
  }

  @Test
  void keysOfPosts() throws Exception {
    assertRefused(posts("PUT", "{\"post\": []}"), "expected keys of [posts], found 'post'");
    assertRefused(posts("PUT", "{}"), "expected the key posts");
    assertRefused(posts("DELETE", "{\"posts\": [1]}"), "expected keys of [post_ids]");
    assertRefused(posts("DELETE", "{}"), "expected the key post_ids");
    assertRefused(
        posts("PUT", "{\"posts\": [{\"post_id\": 5}]}"), "a post: expected the key author_id");
    assertRefused(
        posts("PUT", "{\"posts\": [{\"author_id\": 5}]}"), "a post: expected the key post_id");
    assertRefused(
        posts("PUT", "{\"posts\": [{\"post_id\": 5, \"author_id\": 5, \"topics\": \"a\"}]}"),
        "found 'topics'");
  }

  /** The JDK reads empty members by recursion, which ends in an error of the stack. */
  @Test
  void anErrorWhileABodyIsReadIsTheCallersAndEndsTheConnection() throws Exception {
    ByteArrayOutputStream empty = new ByteArrayOutputStream();
    new GZIPOutputStream(empty).close();
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      members.writeBytes(empty.toByteArray());
    }
    for (byte[] body :
        new byte[][] {members.toByteArray(), "no gzip".getBytes(StandardCharsets.UTF_8)}) {
      String head =
          "POST /v1/recommend HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      try (RawConnection connection = RawConnection.open(demo.users(), head)) {
        connection.send(body);
        connection.send("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n");
        String answer = connection.readAll();
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertFalse(answer.contains("alive"), answer);
      }
    }
    assertEquals(200, demo.get("/readyz").statusCode());
  }
}
