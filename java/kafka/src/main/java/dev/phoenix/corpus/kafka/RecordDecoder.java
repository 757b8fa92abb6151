package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.Post;
import dev.phoenix.corpus.PostChange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Decodes a record's key and value into a change of a post. */
final class RecordDecoder {
  private RecordDecoder() {}

  /**
   * Decodes a record.
   *
   * @throws IllegalArgumentException if it is no change, saying what was expected
   */
  static PostChange decode(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null) {
      throw new IllegalArgumentException("expected a post id as the key, found none");
    }
    try {
      long postId = Long.parseUnsignedLong(new String(key, StandardCharsets.UTF_8));
      if (postId == 0) {
        throw new IllegalArgumentException("expected a post id other than 0, found 0");
      }
      return value == null
          ? new PostChange.Remove(postId)
          : new PostChange.Put(post(postId, JsonMapper.shared().readTree(value)));
    } catch (JacksonException wrong) {
      throw new IllegalArgumentException(
          "expected an object with author_id: " + wrong.getOriginalMessage(), wrong);
    }
  }

  private static Post post(long postId, JsonNode post) {
    if (!post.isObject() || !post.has("author_id")) {
      throw new IllegalArgumentException("expected an object with author_id");
    }
    String topic = post.has("topic") ? post.get("topic").asString() : "";
    long attributes = post.has("attributes") ? unsigned(post.get("attributes")) : 0;
    long created = post.has("created") ? unsigned(post.get("created")) : 0;
    return new Post(postId, unsigned(post.get("author_id")), topic, attributes, created);
  }

  /** An unsigned 64-bit number, given as a JSON number or as digits in a string. */
  private static long unsigned(JsonNode value) {
    return Long.parseUnsignedLong(value.asString());
  }
}
