package dev.phoenix.serving.http;

import dev.phoenix.checkpoint.JsonPlace;
import dev.phoenix.scoring.ScoreExplanation;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.serving.FeedPolicy;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** Reads scoring options and writes score explanations as JSON, see docs/scoring.md. */
final class ScoringJson {
  private ScoringJson() {}

  /** Reads options at the parser's position: a string or an object. */
  static ScoringOptions options(JsonParser json) {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return FeedPolicy.options(json.getString());
    }
    Json.expect(json, JsonToken.START_OBJECT, "weights");
    JsonNode object = json.readValueAsTree();
    return FeedPolicy.options(JsonPlace.of(object, "weights"));
  }

  /** Writes an explanation as a property. */
  static void write(JsonGenerator json, ScoreExplanation explanation) {
    json.writeObjectPropertyStart("explanation");
    json.writeArrayPropertyStart("terms");
    for (ScoreExplanation.Term term : explanation.terms()) {
      json.writeStartObject();
      json.writeStringProperty("output", term.output());
      json.writeNumberProperty("value", term.value());
      json.writeNumberProperty("weight", term.weight());
      json.writeNumberProperty("product", term.product());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("weighted_sum", explanation.weightedSum());
    explanation
        .offset()
        .ifPresent(
            offset -> {
              json.writeObjectPropertyStart("offset");
              json.writeNumberProperty("offset", offset.offset());
              json.writeNumberProperty("share", offset.share());
              json.writeNumberProperty("score", offset.score());
              json.writeEndObject();
            });
    json.writeNumberProperty("author_factor", explanation.authorFactor());
    json.writeNumberProperty("corpus_factor", explanation.corpusFactor());
    json.writeNumberProperty("score", explanation.score());
    json.writeNumberProperty("rank_by_score", explanation.placeByScore() + 1);
    json.writeEndObject();
  }
}
