package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Versions, refusals, the list of models and statistics of the Open Inference Protocol. */
class OpenInferencePathsTest {
  private static final String INFER =
      """
      {"inputs": [{"name": "user_id", "shape": [1], "datatype": "UINT64", "data": [7]},
        {"name": "history_post_ids", "shape": [0], "datatype": "UINT64", "data": []},
        {"name": "history_author_ids", "shape": [0], "datatype": "UINT64", "data": []},
        {"name": "history_actions", "shape": [0, 19], "datatype": "FP32", "data": []},
        {"name": "top_k", "shape": [1], "datatype": "INT32", "data": [4]}]}\
      """;

  private static DemoWeb demo;

  @BeforeAll
  static void start() {
    demo = DemoWeb.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  private static JsonNode json(HttpResponse<String> response, int status) {
    assertEquals(status, response.statusCode(), response.body());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse("none"));
    return DemoWeb.MAPPER.readTree(response.body());
  }

  private static void assertRefused(HttpResponse<String> response, int status, String expected) {
    String error = json(response, status).get("error").asString();
    assertTrue(error.contains(expected), error);
  }

  @Test
  void everyPathOfAModelHasVersions() throws Exception {
    for (String path : List.of("", "/ready", "/stats")) {
      for (String model : List.of("ranker", "retrieval", "recommender")) {
        json(demo.get("/v2/models/" + model + path), 200);
        json(demo.get("/v2/models/" + model + "/versions/1" + path), 200);
        assertRefused(
            demo.get("/v2/models/" + model + "/versions/999" + path),
            404,
            "model_version: expected 1 or none, found '999'");
      }
      assertRefused(demo.get("/v2/models/rankr" + path), 404, "found 'rankr'");
      assertRefused(demo.get("/v2/models/rankr/versions/1" + path), 404, "found 'rankr'");
    }
    JsonNode answer = json(demo.post("/v2/models/recommender/versions/1/infer", INFER), 200);
    assertEquals("1", answer.get("model_version").asString());
    assertRefused(demo.post("/v2/models/recommender/versions/2/infer", INFER), 404, "'2'");
    assertRefused(demo.post("/v2/models/x/infer", INFER), 404, "[ranker, retrieval, recommender]");
  }

  @Test
  void everyErrorIsJson() throws Exception {
    for (String path : List.of("/v2/", "/v2/x", "/v2/models/ranker/x", "/v2/models/a/b/c/d/e")) {
      json(demo.get(path), 404);
    }
    json(demo.get("/v2/models/ranker/infer"), 405);
    json(demo.post("/v2", ""), 405);
    demo.ready().set(false);
    json(demo.get("/v2/health/ready"), 503);
    json(demo.get("/v2/models/ranker/ready"), 503);
    demo.ready().set(true);
    json(demo.post("/v2/models/ranker/infer", "{"), 400);
  }

  @Test
  void whatIsNotKnownIsNamed() throws Exception {
    String path = "/v2/models/recommender/infer";
    assertRefused(demo.post(path, INFER.replace("top_k", "topk")), 400, "found 'topk'");
    assertRefused(
        demo.post(path, INFER.replace("top_k", "topk")), 400, "user_id, history_post_ids");
    assertRefused(demo.post(path, INFER.replace("[4]", "[0]")), 400, "top_k: expected");
    assertRefused(
        demo.post(path, with("\"outputs\": [{\"name\": \"post_id\"}]")), 400, "found 'post_id'");
    assertRefused(demo.post(path, with("\"parameters\": {\"post\": \"\"}")), 400, "found 'post'");
    assertRefused(demo.post(path, with("\"paramters\": {}")), 400, "found 'paramters'");
    assertRefused(
        demo.post(
            path, with("\"outputs\": [{\"name\": \"post_ids\", \"parameters\": {\"b\": 1}}]")),
        400,
        "expected keys of [binary_data], found 'b'");
    assertRefused(
        demo.post(path, INFER.replace("\"data\": [4]", "\"data\": [4], \"dat\": 1")),
        400,
        "found 'dat'");
    assertRefused(demo.post(path, with("\"model_name\": \"ranker\"")), 400, "found 'ranker'");
    json(demo.post(path, with("\"model_name\": \"recommender\"")), 200);
  }

  private static String with(String property) {
    return INFER.replace("{\"inputs\"", "{" + property + ", \"inputs\"");
  }

  @Test
  void modelsAreListedAndCannotBeLoaded() throws Exception {
    assertEquals(
        "[\"ranker\",\"retrieval\",\"recommender\"]",
        json(demo.get("/v2/models"), 200).get("models").toString());
    JsonNode index = json(demo.post("/v2/repository/index", ""), 200);
    assertEquals(3, index.size());
    assertEquals(
        "{\"name\":\"ranker\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}",
        index.get(0).toString());
    assertRefused(demo.post("/v2/repository/models/ranker/load", "{}"), 501, "not supported");
    assertRefused(demo.post("/v2/repository/models/ranker/unload", ""), 501, "not supported");
    demo.ready().set(false);
    assertEquals(0, json(demo.post("/v2/repository/index", "{\"ready\": true}"), 200).size());
    assertEquals(3, json(demo.post("/v2/repository/index", "{}"), 200).size());
    demo.ready().set(true);
  }

  @Test
  void statisticsCountTheModelsRequests() throws Exception {
    JsonNode before = statistics("retrieval");
    json(demo.post("/v2/models/retrieval/infer", INFER), 200);
    json(demo.post("/v2/models/retrieval/infer", INFER), 200);
    json(demo.post("/v2/models/retrieval/infer", "{}"), 400);
    JsonNode after = statistics("retrieval");
    assertEquals(2, difference(before, after, "success"));
    assertEquals(1, difference(before, after, "fail"));
    assertEquals(2, difference(before, after, "compute_infer"));
    assertEquals(2, difference(before, after, "queue"));
    assertTrue(after.get("inference_stats").get("compute_infer").get("ns").asLong() > 0);
    assertTrue(after.get("last_inference").asLong() > 1_700_000_000_000L);
    assertEquals(3, json(demo.get("/v2/models/stats"), 200).get("model_stats").size());
    assertFalse(statistics("ranker").get("version").asString().isEmpty());
  }

  private static JsonNode statistics(String model) throws Exception {
    return json(demo.get("/v2/models/" + model + "/stats"), 200).get("model_stats").get(0);
  }

  private static long difference(JsonNode before, JsonNode after, String stage) {
    return after.get("inference_stats").get(stage).get("count").asLong()
        - before.get("inference_stats").get(stage).get("count").asLong();
  }
}
