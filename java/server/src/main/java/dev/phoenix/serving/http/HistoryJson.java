package dev.phoenix.serving.http;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.UserHistoryBuilder;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Histories of requests as JSON: {@code post_id}, {@code author_id} and {@code actions} by index.
 */
final class HistoryJson {
  private static final int MAX_ACTION = 1 << 16;
  private static final List<String> KEYS = List.of("post_id", "author_id", "actions");

  private HistoryJson() {}

  /**
   * Reads the array of a history into {@code history}.
   *
   * @throws Rejection if it has more of anything than {@code limits} allow
   */
  static void read(JsonParser json, RequestLimits limits, UserHistoryBuilder history) {
    Json.expect(json, JsonToken.START_ARRAY, "history");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      RequestLimits.require("engagements of the history", history.count() + 1, limits.history());
      readEngagement(json, limits, history);
    }
  }

  private static void readEngagement(
      JsonParser json, RequestLimits limits, UserHistoryBuilder history) {
    Json.expect(json, JsonToken.START_OBJECT, "an engagement");
    long post = 0;
    long author = 0;
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "post_id" -> post = Json.id(json, key);
        case "author_id" -> author = Json.id(json, key);
        case "actions" -> readActions(json, limits, history);
        default -> throw Json.unknown("an engagement", key, KEYS);
      }
    }
    history.event(post, author);
  }

  private static void readActions(
      JsonParser json, RequestLimits limits, UserHistoryBuilder history) {
    Json.expect(json, JsonToken.START_OBJECT, "actions");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      RequestLimits.require(
          "actions of an engagement", history.pendingActions() + 1, limits.actions());
      boolean index = key.matches("0|[1-9][0-9]{0,4}") && Integer.parseInt(key) < MAX_ACTION;
      if (!index) {
        throw new Rejection(
            Reason.INVALID,
            "actions: expected indices from 0 to %d as keys".formatted(MAX_ACTION - 1));
      }
      history.action(Integer.parseInt(key), Json.number(json, "the value of an action"));
    }
  }
}
