package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The Open Inference Protocol in JSON and bytes, over a real connection. */
class WebOpenInferenceTest {
  private static DemoWeb demo;

  @BeforeAll
  static void start() {
    demo = DemoWeb.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
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
    var plain = demo.post(path, inferBody("\"data\": [[0, 1, 0.0], [0, 0, 1]]"));
    assertEquals(200, plain.statusCode(), plain.body());
    JsonNode answer = DemoWeb.MAPPER.readTree(plain.body());
    assertEquals("a1", answer.get("id").asString());
    assertEquals(4, answer.get("outputs").get(0).get("data").size());
    assertEquals("[4,19]", answer.get("outputs").get(4).get("shape").toString());
    byte[] json =
        inferBody("\"parameters\": {\"binary_data_size\": 24}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(json.length + 24).order(ByteOrder.LITTLE_ENDIAN);
    body.put(json).putFloat(0).putFloat(1).putFloat(0).putFloat(0).putFloat(0).putFloat(1);
    var mixed =
        demo.send(
            demo.to(demo.users(), path)
                .header("Inference-Header-Content-Length", Integer.toString(json.length))
                .POST(BodyPublishers.ofByteArray(body.array())));
    assertEquals(answer.get("outputs"), DemoWeb.MAPPER.readTree(mixed.body()).get("outputs"));
    assertEquals(400, demo.post(path, inferBody("\"data\": [1]")).statusCode());
    assertEquals(404, demo.post("/v2/models/none/infer", inferBody("\"data\": [1]")).statusCode());
    assertEquals("phoenix", DemoWeb.MAPPER.readTree(demo.get("/v2").body()).get("name").asString());
    assertEquals(
        9,
        DemoWeb.MAPPER.readTree(demo.get("/v2/models/retrieval").body()).get("inputs").size() - 1);
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
        demo.client()
            .send(
                demo.to(demo.users(), "/v2/models/retrieval/infer")
                    .POST(BodyPublishers.ofString(wanted))
                    .build(),
                BodyHandlers.ofByteArray());
    int length =
        Integer.parseInt(
            response.headers().firstValue("Inference-Header-Content-Length").orElse("-1"));
    JsonNode header = DemoWeb.MAPPER.readTree(Arrays.copyOf(response.body(), length));
    assertEquals(1, header.get("outputs").size());
    assertEquals(length + 4 * Long.BYTES, response.body().length);
    String misspelt = wanted.replace("post_ids\", \"param", "post_id\", \"param");
    assertEquals(400, demo.post("/v2/models/retrieval/infer", misspelt).statusCode());
  }
}
