package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The description of HTTP is what the server does: paths, methods, examples and responses. */
class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
  private final DemoWeb demo = DemoWeb.start();
  private JsonNode document = DemoWeb.MAPPER.createObjectNode();

  @BeforeEach
  void read() throws Exception {
    HttpResponse<String> response = demo.get("/openapi.json");
    assertEquals(200, response.statusCode());
    document = DemoWeb.MAPPER.readTree(response.body());
  }

  @AfterEach
  void stop() {
    demo.close();
  }

  /** A schema of the document, with the document's components beside it. */
  private Schema schema(JsonNode schema) {
    ObjectNode whole = (ObjectNode) schema.deepCopy();
    whole.set("components", document.get("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(whole);
  }

  private void assertValid(JsonNode schema, JsonNode value, String where) {
    var errors = schema(schema).validate(value);
    assertTrue(errors.isEmpty(), where + ": " + errors);
  }

  private static boolean isAdmin(JsonNode operation) {
    return operation.has("servers");
  }

  private HttpRequest.Builder request(String path, JsonNode operation) {
    String filled = path;
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.get("in").asString().equals("path")) {
        filled =
            filled.replace(
                "{" + parameter.get("name").asString() + "}", parameter.get("example").asString());
      }
    }
    return isAdmin(operation)
        ? demo.to(demo.admin(), filled).header("Authorization", "Bearer " + DemoWeb.TOKEN)
        : demo.to(demo.users(), filled);
  }

  private HttpResponse<String> send(String path, String method, JsonNode operation)
      throws Exception {
    JsonNode example =
        operation.path("requestBody").path("content").path("application/json").path("example");
    return demo.send(
        request(path, operation)
            .method(
                method.toUpperCase(Locale.ROOT),
                example.isMissingNode()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(example.toString())));
  }

  /** The paths with their methods, of one port. */
  private Map<String, Set<String>> described(boolean admin) {
    Map<String, Set<String>> paths = new TreeMap<>();
    document
        .get("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (method, operation) -> {
                      if (isAdmin(operation) == admin) {
                        paths
                            .computeIfAbsent(path, _ -> new TreeSet<>())
                            .add(method.toUpperCase(Locale.ROOT));
                      }
                    }));
    return paths;
  }

  @Test
  void everyPathAndMethodOfTheServerIsDescribedAndNoOther() {
    assertEquals(described(false), sorted(demo.users().paths()));
    assertEquals(described(true), sorted(demo.admin().paths()));
  }

  private static Map<String, Set<String>> sorted(Map<String, Set<String>> paths) {
    Map<String, Set<String>> sorted = new TreeMap<>();
    paths.forEach((path, methods) -> sorted.put(path, new TreeSet<>(methods)));
    return sorted;
  }

  @Test
  void examplesAreValidAndAnsweredAsDescribed() throws Exception {
    int asked = 0;
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
        JsonNode operation = each.getValue();
        String where = each.getKey() + " " + path.getKey();
        JsonNode body = operation.path("requestBody").path("content").path("application/json");
        if (!body.isMissingNode()) {
          assertValid(body.get("schema"), body.get("example"), where);
        }
        HttpResponse<String> response = send(path.getKey(), each.getKey(), operation);
        JsonNode said = operation.get("responses").get(Integer.toString(response.statusCode()));
        assertTrue(said != null, where + " " + response.statusCode() + " " + response.body());
        assertTrue(
            response.statusCode() < 300
                || response.statusCode() == 501
                || where.contains("/admin/corpora/"),
            where + " " + response.body());
        String type = response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
        JsonNode content = said.path("content").path(type);
        assertFalse(content.isMissingNode(), where + ": " + type);
        if (type.equals("application/json")) {
          assertValid(content.get("schema"), DemoWeb.MAPPER.readTree(response.body()), where);
        }
        asked++;
      }
    }
    assertTrue(asked > 30, "found " + asked);
  }

  @Test
  void whatIsNotDescribedIsRefused() throws Exception {
    assertEquals(404, demo.get("/v3").statusCode());
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      Map.Entry<String, JsonNode> any = path.getValue().properties().iterator().next();
      JsonNode operation = any.getValue();
      for (String method : METHODS) {
        if (!path.getValue().has(method)) {
          HttpResponse<String> response =
              demo.send(
                  request(path.getKey(), operation)
                      .method(method.toUpperCase(Locale.ROOT), BodyPublishers.noBody()));
          assertEquals(405, response.statusCode(), method + " " + path.getKey());
          List<String> allowed =
              List.of(response.headers().firstValue("Allow").orElse("").split(", "));
          assertTrue(allowed.contains(any.getKey().toUpperCase(Locale.ROOT)), allowed.toString());
          assertValid(
              document.get("components").get("schemas").get("Error"),
              DemoWeb.MAPPER.readTree(response.body()),
              path.getKey());
        }
      }
    }
  }

  /** A key that the description does not have is refused by the server too, and named. */
  @Test
  void unknownKeysAreRefusedByNameWhereverTheyStand() throws Exception {
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
        JsonNode operation = each.getValue();
        JsonNode body = operation.path("requestBody").path("content").path("application/json");
        if (body.isMissingNode()) {
          continue;
        }
        String method = each.getKey().toUpperCase(Locale.ROOT);
        ObjectNode wrong = (ObjectNode) body.get("example").deepCopy();
        wrong.put("misspelt", 1);
        HttpResponse<String> response =
            demo.send(
                request(path.getKey(), operation)
                    .method(method, BodyPublishers.ofString(wrong.toString())));
        assertEquals(400, response.statusCode(), path.getKey() + response.body());
        assertTrue(response.body().contains("'misspelt'"), response.body());
        assertFalse(schema(body.get("schema")).validate(wrong).isEmpty(), path.getKey());
      }
    }
  }
}
