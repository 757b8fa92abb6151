package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Scoring options and explanations of requests over HTTP. */
class ScoringRequestsTest {
  private static final DemoWeb DEMO = DemoWeb.start();

  @BeforeAll
  static void ready() {
    DEMO.ready().set(true);
  }

  @AfterAll
  static void stop() {
    DEMO.close();
  }

  private static ObjectNode request(String options) throws Exception {
    ObjectNode request =
        (ObjectNode) DemoWeb.MAPPER.readTree(Files.readString(Demo.ARTIFACTS.sequence()));
    request.setAll((ObjectNode) DemoWeb.MAPPER.readTree(options));
    return request;
  }

  private static JsonNode feed(String options) throws Exception {
    var response = DEMO.post("/v1/recommend", request(options).toString());
    assertEquals(200, response.statusCode(), response.body());
    return DemoWeb.MAPPER.readTree(response.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'weights': 'production', 'explain': true}",
        "{'weights': 'favorite=1,action_17=-5', 'explain': true}",
        "{'weights': {'favorite': 1, 'continuous_1': 2}, 'explain': true}",
        "{'weights': {'preset': 'published', 'author_decay': {'decay': 0.5, 'floor': 0.25},"
            + " 'author_window': {'posts': 1, 'window': 5}, 'corpus_factors': {'default': 0.5}},"
            + " 'explain': true}",
        "{'explain': true}"
      })
  void theTermsOfEveryScoreSumToIt(String options) throws Exception {
    JsonNode posts = feed(options.replace('\'', '"')).get("posts");
    assertEquals(30, posts.size());
    for (JsonNode post : posts) {
      JsonNode explanation = post.get("explanation");
      double sum = 0;
      for (JsonNode term : explanation.get("terms")) {
        double product = term.get("value").doubleValue() * term.get("weight").doubleValue();
        assertEquals(product, term.get("product").doubleValue(), 1e-5);
        sum += product;
      }
      assertEquals(sum, explanation.get("weighted_sum").doubleValue(), 1e-4);
      // The sum is a float32, whose shortest digits are in the JSON.
      float weightedSum = (float) explanation.get("weighted_sum").doubleValue();
      double score =
          explanation.has("offset")
              ? explanation.get("offset").get("score").doubleValue()
              : weightedSum;
      score *= explanation.get("author_factor").doubleValue();
      score *= explanation.get("corpus_factor").doubleValue();
      assertEquals(score, explanation.get("score").doubleValue(), 1e-9);
      assertEquals(score, post.get("weighted_score").doubleValue(), 1e-5 * Math.abs(score));
    }
  }

  @Test
  void withoutTheWordThereAreNoTermsAndTheOrderIsTheServers() throws Exception {
    JsonNode plain = feed("{}");
    JsonNode published = feed("{\"weights\": \"published\"}");
    for (int i = 0; i < 30; i++) {
      JsonNode post = plain.get("posts").get(i);
      assertFalse(post.has("explanation"));
      assertEquals(post, published.get("posts").get(i));
    }
    assertTrue(feed("{\"weights\": \"production\", \"explain\": true}").has("notice"));
    assertFalse(feed("{\"explain\": true}").has("notice"));
  }

  @Test
  void theAuthorWindowHoldsForTheFirstPosts() throws Exception {
    JsonNode posts =
        feed("{\"weights\": {\"preset\": \"published\","
                + " \"author_window\": {\"posts\": 1, \"window\": 10}}}")
            .get("posts");
    Set<String> authors = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      assertTrue(authors.add(posts.get(i).get("author_id").stringValue()), posts.toString());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'best'                                  | a preset (model, published, production, retrieval)
          '/etc/passwd'                           | a preset (model, published, production, retrieval)
          'favourite=1'                           | no action 'favourite'
          'share=1'                               | which would be number 37
          3                                       | weights: expected an object
          {}                                      | expected weights, a preset, or both
          {'wieghts': {}}                         | $.wieghts: expected one of the keys
          {'weights': {'action_19': 1}}           | no action 'action_19' among the model's 19
          {'weights': {'reply': 'x'}}             | $.weights.reply: expected a number
          {'preset': 'published', 'corpus_factors': {'news': 1}} | expected one of the corpora [default]
          {'preset': 'published', 'diversity': {'method': 'dpp', 'theta': 3, 'first': 9}} | $.diversity.theta
          """,
      quoteCharacter = '`')
  void otherWeightsAreTheCallersFault(String weights, String message) throws Exception {
    String options = "{\"weights\": " + weights.replace('\'', '"') + "}";
    var response = DEMO.post("/v1/recommend", request(options).toString());
    assertEquals(400, response.statusCode(), response.body());
    String error = DemoWeb.MAPPER.readTree(response.body()).get("error").stringValue();
    assertTrue(error.contains(message), error);
  }

  @Test
  void explainIsTrueOrFalse() throws Exception {
    assertEquals(
        400, DEMO.post("/v1/recommend", request("{\"explain\": 1}").toString()).statusCode());
  }
}
