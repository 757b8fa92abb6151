package dev.phoenix.serving.http;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.serving.FeedPolicy;
import tools.jackson.core.JsonGenerator;

/**
 * The initial history of the page, and the names of its actions.
 *
 * @param user the user and the history
 * @param policy the policy whose taxonomy names the actions
 */
record ExampleHistory(UserSequence user, FeedPolicy policy) {
  private static final int NAMED = 64;

  byte[] encode() {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("user_id", Long.toUnsignedString(user.userId()));
          json.writeArrayPropertyStart("history");
          user.history().forEach(engagement -> write(json, engagement));
          json.writeEndArray();
          json.writeArrayPropertyStart("action_names");
          for (int action = 0; action < NAMED; action++) {
            json.writeString(policy.taxonomy().name(action));
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Engagement engagement) {
    json.writeStartObject();
    json.writeStringProperty("post_id", Long.toUnsignedString(engagement.postId()));
    json.writeStringProperty("author_id", Long.toUnsignedString(engagement.authorId()));
    json.writeObjectPropertyStart("actions");
    engagement
        .actions()
        .forEach((index, value) -> json.writeNumberProperty(index.toString(), value));
    json.writeEndObject();
    json.writeEndObject();
  }
}
