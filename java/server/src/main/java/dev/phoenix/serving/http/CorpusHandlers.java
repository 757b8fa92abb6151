package dev.phoenix.serving.http;

import dev.phoenix.corpus.CorpusBusyException;
import dev.phoenix.corpus.CorpusStatistics;
import dev.phoenix.corpus.CorpusUnavailableException;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.Post;
import dev.phoenix.corpus.SearchableCorpus;
import dev.phoenix.corpus.UnknownCorpusException;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Changes of corpora as JSON: {@code PUT /admin/corpora/NAME/posts} with {@code {"posts":
 * [{"post_id": .., "author_id": .., "topic": .., "attributes": ..}]}}, {@code DELETE} of the same
 * with {@code {"post_ids": [..]}}, {@code GET /admin/corpora}. A change is answered once it is
 * durable and every later request sees it.
 */
final class CorpusHandlers {
  private static final List<String> KEYS =
      List.of("post_id", "author_id", "topic", "attributes", "created");

  private final ServingEngine engine;
  private final Answers answers;

  CorpusHandlers(ServingEngine engine, Answers answers) {
    this.engine = engine;
    this.answers = answers;
  }

  /** Adds the posts of the body. */
  byte[] put(ServerRequest request, ServerResponse response) {
    List<Post> posts =
        answers.read(
            request, response, body -> Json.read(body, body.length, CorpusHandlers::posts));
    return change(request, "replaced", corpus -> corpus.add(posts));
  }

  /** Removes the posts of the body. */
  byte[] remove(ServerRequest request, ServerResponse response) {
    List<Long> postIds =
        answers.read(
            request, response, body -> Json.read(body, body.length, CorpusHandlers::postIds));
    return change(request, "removed", corpus -> corpus.remove(postIds));
  }

  private byte[] change(ServerRequest request, String answer, ToIntFunction<LiveCorpus> change) {
    String name = request.pathParameter("name");
    try {
      int count = engine.withCorpora(corpora -> change.applyAsInt(corpora.live(name)));
      return Json.bytes(
          json -> json.writeStartObject().writeNumberProperty(answer, count).writeEndObject());
    } catch (CorpusBusyException busy) {
      throw new Rejection(Reason.QUEUE_FULL, String.valueOf(busy.getMessage()));
    } catch (CorpusUnavailableException full) {
      throw new Rejection(Reason.UNAVAILABLE, String.valueOf(full.getMessage()));
    } catch (UnknownCorpusException
        | UnsupportedOperationException
        | IllegalArgumentException wrong) {
      throw new Rejection(Reason.INVALID, String.valueOf(wrong.getMessage()));
    }
  }

  /** The statistics of every corpus as JSON. */
  byte[] statistics() {
    List<SearchableCorpus> all = engine.withCorpora(corpora -> corpora.all());
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("corpora");
          all.forEach(corpus -> write(json, corpus.name(), corpus.statistics()));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, String name, CorpusStatistics statistics) {
    json.writeStartObject();
    json.writeStringProperty("corpus", name);
    json.writeNumberProperty("posts", statistics.posts());
    json.writeNumberProperty("version", statistics.version());
    json.writeNumberProperty("segments", statistics.segments());
    json.writeNumberProperty("loose_rows", statistics.looseRows());
    json.writeNumberProperty("puts", statistics.puts());
    json.writeNumberProperty("removes", statistics.removes());
    json.writeNumberProperty("compactions", statistics.compactions());
    json.writeNumberProperty("failed_compactions", statistics.failedCompactions());
    json.writeNumberProperty("log_bytes", statistics.logBytes());
    json.writeBooleanProperty("accepts_changes", statistics.refusal() == null);
    if (statistics.refusal() != null) {
      json.writeStringProperty("refusal", statistics.refusal());
    }
    json.writeEndObject();
  }

  private static List<Post> posts(JsonParser json) {
    List<Post> posts = new ArrayList<>();
    forEachOf(json, "posts", () -> posts.add(post(json)));
    return posts;
  }

  private static List<Long> postIds(JsonParser json) {
    List<Long> postIds = new ArrayList<>();
    forEachOf(json, "post_ids", () -> postIds.add(Json.id(json, "a post id")));
    return postIds;
  }

  /** Reads an object and calls {@code element} for each element of its list {@code name}. */
  private static void forEachOf(JsonParser json, String name, Runnable element) {
    Json.expect(json, JsonToken.START_OBJECT, "the request");
    int count = 0;
    boolean given = false;
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      if (!key.equals(name)) {
        throw Json.unknown("the request", key, List.of(name));
      }
      given = true;
      Json.expect(json, JsonToken.START_ARRAY, name);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        RequestLimits.require(name, ++count, LiveCorpus.MAX_CHANGES);
        element.run();
      }
    }
    if (!given) {
      throw Json.wrong("the request", "the key " + name);
    }
  }

  private static Post post(JsonParser json) {
    Json.expect(json, JsonToken.START_OBJECT, "a post");
    long postId = 0;
    long authorId = 0;
    String topic = "";
    long attributes = 0;
    long created = 0;
    Set<String> given = new HashSet<>();
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "post_id" -> postId = Json.id(json, key);
        case "author_id" -> authorId = Json.id(json, key);
        case "topic" -> topic = Json.text(json, key);
        case "attributes" -> attributes = Json.id(json, key);
        case "created" -> created = Json.id(json, key);
        default -> throw Json.unknown("a post", key, KEYS);
      }
      given.add(key);
    }
    for (String key : List.of("post_id", "author_id")) {
      if (!given.contains(key)) {
        throw Json.wrong("a post", "the key " + key);
      }
    }
    try {
      return new Post(postId, authorId, topic, attributes, created);
    } catch (IllegalArgumentException wrong) {
      throw new Rejection(Reason.INVALID, String.valueOf(wrong.getMessage()));
    }
  }
}
