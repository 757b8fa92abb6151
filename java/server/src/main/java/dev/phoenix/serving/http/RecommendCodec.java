package dev.phoenix.serving.http;

import dev.phoenix.corpus.Filter;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.HistoryCut;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.serving.CorpusChoice;
import dev.phoenix.serving.Exclusion;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.ServingResponse.Posts;
import dev.phoenix.serving.ServingResponse.Scores;
import dev.phoenix.serving.ServingResponse.Timing;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.UserHistoryBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Requests and feeds as JSON. A request is an example sequence with options: {@code user_id},
 * {@code history} of {@code post_id}, {@code author_id} and {@code actions} by index, and beside
 * them {@code top_k}, {@code limit}, {@code deadline_ms}, {@code corpora} by name, a {@code filter}
 * of bits that {@code all}, {@code any} or {@code none} of them are set, and which posts to {@code
 * exclude}: {@code seen} or {@code none} of the history, any {@code excluded_post_ids}, the {@code
 * impression_time} in seconds since the epoch, and {@code weights} and {@code explain} as
 * docs/scoring.md has them. Unknown keys are refused.
 */
final class RecommendCodec {
  private static final int DEFAULT_LIMIT = 30;
  private static final double NANOS_PER_MILLI = 1e6;

  private static final List<String> KEYS =
      List.of(
          "user_id",
          "user_ip_id",
          "history",
          "top_k",
          "corpora",
          "filter",
          "exclude",
          "excluded_post_ids",
          "impression_time",
          "weights",
          "explain",
          "limit",
          "deadline_ms");

  private final RequestLimits limits;
  private final FeedPolicy policy;
  private final Supplier<HistoryCut> cut;

  /**
   * A codec.
   *
   * @param cut what is kept of a history that is read
   */
  RecommendCodec(RequestLimits limits, FeedPolicy policy, Supplier<HistoryCut> cut) {
    this.limits = limits;
    this.policy = policy;
    this.cut = cut;
  }

  /**
   * A request.
   *
   * @param user whose history
   * @param task retrieve and rank
   * @param shown what the answer needs to know of it; the history is let go while the request waits
   * @param deadline the caller's patience; null where it says nothing
   * @param impressionSeconds when posts are shown, in seconds since the epoch; 0 for now
   */
  record Request(
      UserHistory user,
      Task task,
      Shown shown,
      @Nullable Duration deadline,
      long impressionSeconds) {}

  /**
   * What is shown of an answer.
   *
   * @param userId whose feed it is
   * @param limit posts to show
   * @param scoring what posts are ordered by
   * @param explain whether the terms of scores are shown
   */
  record Shown(long userId, int limit, ScoringOptions scoring, boolean explain) {}

  /** What is found in a document, key by key. */
  private static final class Fields {
    long userId;
    long userIpId;
    UserHistoryBuilder history;
    int topK;
    int limit = DEFAULT_LIMIT;
    List<String> corpora = List.of();
    Filter filter = Filter.EVERY;
    Optional<Exclude> exclude = Optional.empty();
    ExcludedPosts excluded = ExcludedPosts.NONE;
    @Nullable ScoringOptions scoring;
    boolean explain;
    long impressionSeconds;
    @Nullable Duration deadline;

    Fields(HistoryCut cut) {
      history = new UserHistoryBuilder(cut);
    }
  }

  /** Reads a request. */
  Request decode(byte[] body, int length) {
    Fields fields = Json.read(body, length, this::fields);
    UserHistory user = fields.history.build(fields.userId, fields.userIpId);
    CorpusChoice choice = new CorpusChoice(fields.corpora, fields.filter);
    Exclusion exclusion = new Exclusion(fields.exclude, fields.excluded);
    int topK = fields.topK == 0 ? policy.defaultTopK() : fields.topK;
    ScoringOptions scoring = Objects.requireNonNullElse(fields.scoring, policy.scoring());
    return new Request(
        user,
        new Task.Recommend(topK, choice, exclusion, Task.Vectors.neededBy(scoring)),
        new Shown(fields.userId, fields.limit, scoring, fields.explain),
        fields.deadline,
        fields.impressionSeconds);
  }

  private Fields fields(JsonParser json) {
    Fields fields = new Fields(cut.get());
    Json.expect(json, JsonToken.START_OBJECT, "the request");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "user_id" -> fields.userId = Json.id(json, key);
        case "user_ip_id" -> fields.userIpId = Json.id(json, key);
        case "history" -> {
          fields.history = new UserHistoryBuilder(cut.get());
          HistoryJson.read(json, limits, fields.history);
        }
        case "top_k" -> fields.topK = positive(json, key);
        case "corpora" -> fields.corpora = corpora(json);
        case "filter" -> fields.filter = filter(json);
        case "exclude" -> fields.exclude = Optional.of(exclude(json));
        case "excluded_post_ids" -> fields.excluded = excluded(json);
        case "impression_time" -> fields.impressionSeconds = Json.id(json, key);
        case "weights" -> fields.scoring = ScoringJson.options(json);
        case "explain" -> fields.explain = Json.bool(json, key);
        case "limit" -> fields.limit = positive(json, key);
        case "deadline_ms" -> fields.deadline = Duration.ofMillis(positive(json, key));
        default -> throw Json.unknown("the request", key, KEYS);
      }
    }
    return fields;
  }

  private static List<String> corpora(JsonParser json) {
    Json.expect(json, JsonToken.START_ARRAY, "corpora");
    List<String> names = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      RequestLimits.require("corpora", names.size() + 1, CorpusChoice.MAX_CORPORA);
      names.add(Json.text(json, "a corpus"));
    }
    return names;
  }

  private static Exclude exclude(JsonParser json) {
    return Exclude.parse(Json.text(json, "exclude"))
        .orElseThrow(() -> Json.wrong("exclude", "\"seen\" or \"none\""));
  }

  private ExcludedPosts excluded(JsonParser json) {
    Json.expect(json, JsonToken.START_ARRAY, "excluded_post_ids");
    long[] ids = new long[64];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      RequestLimits.require("excluded_post_ids", count + 1, limits.excluded());
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
      }
      ids[count++] = Json.id(json, "an excluded post");
    }
    return ExcludedPosts.of(Arrays.copyOf(ids, count));
  }

  private static Filter filter(JsonParser json) {
    Json.expect(json, JsonToken.START_OBJECT, "filter");
    long all = 0;
    long any = 0;
    long none = 0;
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "all" -> all = Json.id(json, key);
        case "any" -> any = Json.id(json, key);
        case "none" -> none = Json.id(json, key);
        default -> throw Json.unknown("filter", key, List.of("all", "any", "none"));
      }
    }
    return new Filter(all, any, none);
  }

  private static int positive(JsonParser json, String what) {
    int value = Json.integer(json, what);
    if (value < 1) {
      throw Json.wrong(what, "a whole number from 1");
    }
    return value;
  }

  /** Writes a feed: ids are strings, because 64 bits do not fit a double. */
  byte[] encode(Shown shown, ServingResponse response) {
    Posts posts = response.posts();
    Ranking ranking = policy.rank(response, shown.scoring(), shown.limit());
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("user_id", Long.toUnsignedString(shown.userId()));
          json.writeStringProperty("model_version", response.modelVersion());
          json.writeStringProperty("taxonomy", policy.taxonomy().label());
          json.writeNumberProperty("retrieved", posts.count());
          json.writeArrayPropertyStart("posts");
          for (int rank = 0; rank < Math.min(shown.limit(), posts.count()); rank++) {
            json.writeStartObject();
            writePost(json, rank, ranking, response);
            if (shown.explain()) {
              ScoringJson.write(json, ranking.explain(rank));
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          if (shown.explain()) {
            ranking
                .scorer()
                .notice()
                .ifPresent(notice -> json.writeStringProperty("notice", notice));
          }
          writeTiming(json, response.timing());
          json.writeEndObject();
        });
  }

  private void writePost(JsonGenerator json, int rank, Ranking ranking, ServingResponse response) {
    Posts posts = response.posts();
    Scores scores = response.scores();
    int i = ranking.candidate(rank);
    json.writeNumberProperty("rank", rank + 1);
    json.writeStringProperty("post_id", Long.toUnsignedString(posts.postIds()[i]));
    json.writeStringProperty("author_id", Long.toUnsignedString(posts.authorIds()[i]));
    String topic = posts.topics()[i];
    if (topic != null) {
      json.writeStringProperty("topic", topic);
    }
    json.writeNumberProperty("retrieval_rank", i + 1);
    json.writeNumberProperty("retrieval_score", posts.retrievalScores()[i]);
    json.writeNumberProperty("weighted_score", (float) ranking.score(i));
    json.writeObjectPropertyStart("probabilities");
    for (int action = 0; scores != null && action < scores.actions(); action++) {
      json.writeNumberProperty(
          policy.taxonomy().name(action), scores.probabilities()[i * scores.actions() + action]);
    }
    json.writeEndObject();
  }

  private static void writeTiming(JsonGenerator json, Timing timing) {
    json.writeObjectPropertyStart("timing");
    json.writeNumberProperty("queue_ms", timing.queueNanos() / NANOS_PER_MILLI);
    json.writeNumberProperty("retrieval_ms", timing.retrievalNanos() / NANOS_PER_MILLI);
    json.writeNumberProperty("ranking_ms", timing.rankingNanos() / NANOS_PER_MILLI);
    json.writeNumberProperty("batch_size", timing.batchSize());
    json.writeBooleanProperty("history_was_kept", timing.history().wasKept());
    json.writeNumberProperty("history_events", timing.history().events());
    json.writeNumberProperty("history_used", timing.history().used());
    json.writeEndObject();
  }
}
