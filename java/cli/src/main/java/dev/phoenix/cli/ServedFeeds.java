package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.client.ClientOptions;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.scoring.Preset;
import dev.phoenix.serving.server.PhoenixServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import phoenix.v1.RankedPost;
import phoenix.v1.RecommendRequest;
import phoenix.v1.Scoring;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import xai.recsys.v1.ActionInfo;
import xai.recsys.v1.AggregatedUserAction;
import xai.recsys.v1.AggregatedUserActionList;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;
import xai.recsys.v1.UserActionSequenceDataContainer;

/**
 * Requests feeds from a running server over HTTP and over gRPC, each with a user's whole history.
 * Not thread-safe.
 */
final class ServedFeeds implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Closer parts;
  private final int topK;
  private final URI recommend;
  private final HttpClient http;
  private final PhoenixClient grpc;

  private ServedFeeds(Closer parts, PhoenixServer server, int topK) {
    this.parts = parts;
    this.topK = topK;
    this.recommend = URI.create("http://127.0.0.1:" + server.httpPort() + "/v1/recommend");
    this.http = parts.own(HttpClient.newHttpClient());
    this.grpc =
        parts.own(
            PhoenixClient.plaintext(
                "127.0.0.1:" + server.grpcPort(), ClientOptions.DEFAULT.withDeadline(PATIENCE)));
  }

  /** A client for feeds of {@code topK} posts; must be closed before {@code server}. */
  static ServedFeeds of(PhoenixServer server, int topK) {
    return Closer.open(parts -> new ServedFeeds(parts, server, topK));
  }

  /**
   * The post ids of a feed.
   *
   * @param shown the posts in the order of the feed
   * @param retrieved the same posts in the order of retrieval
   */
  record Feed(long[] shown, long[] retrieved) {}

  /** The protocol of a request. */
  enum Protocol {
    /** {@code POST /v1/recommend}. */
    HTTP,
    /** {@code phoenix.v1.Recommender/Recommend}. */
    GRPC
  }

  /**
   * Requests the feed of a user.
   *
   * @param user the user and the whole history
   * @param shown the time of showing, in seconds since the epoch; 0 for now
   */
  Feed feed(Protocol protocol, UserSequence user, long shown) {
    return switch (protocol) {
      case HTTP -> overHttp(user, shown);
      case GRPC -> overGrpc(user, shown);
    };
  }

  private Feed overHttp(UserSequence user, long shown) {
    HttpRequest request =
        HttpRequest.newBuilder(recommend)
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(json(user, shown)))
            .build();
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException("the server does not answer at " + recommend, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the server answers", e);
    }
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          "expected status 200 of %s, found %d: %s"
              .formatted(recommend, response.statusCode(), response.body()));
    }
    JsonNode posts = MAPPER.readTree(response.body()).get("posts");
    long[] ranked = new long[posts.size()];
    long[] retrieved = new long[posts.size()];
    for (int i = 0; i < ranked.length; i++) {
      JsonNode post = posts.get(i);
      ranked[i] = Long.parseUnsignedLong(post.get("post_id").stringValue());
      retrieved[post.get("retrieval_rank").intValue() - 1] = ranked[i];
    }
    return new Feed(ranked, retrieved);
  }

  private String json(UserSequence user, long shown) {
    ObjectNode request = MAPPER.createObjectNode();
    request.put("user_id", Long.toUnsignedString(user.userId()));
    request.put("impression_time", shown);
    request.put("top_k", topK);
    request.put("limit", topK);
    ArrayNode history = request.putArray("history");
    for (Engagement engagement : user.history()) {
      ObjectNode event = history.addObject();
      event.put("post_id", Long.toUnsignedString(engagement.postId()));
      event.put("author_id", Long.toUnsignedString(engagement.authorId()));
      ObjectNode actions = event.putObject("actions");
      engagement.actions().forEach((action, value) -> actions.put(action.toString(), value));
    }
    return request.toString();
  }

  /** Two calls: the feed, and the same posts as the preset {@code retrieval} orders them. */
  private Feed overGrpc(UserSequence user, long shown) {
    RecommendRequest request =
        RecommendRequest.newBuilder()
            .setSequence(sequence(user))
            .setImpressionTime(shown)
            .setTopK(topK)
            .setScoresOnly(true)
            .build();
    Scoring byRetrieval = Scoring.newBuilder().setPreset(Preset.RETRIEVAL.label()).build();
    return new Feed(postIds(request), postIds(request.toBuilder().setScoring(byRetrieval).build()));
  }

  private long[] postIds(RecommendRequest request) {
    return grpc.recommend(request).getPostsList().stream()
        .mapToLong(RankedPost::getPostId)
        .toArray();
  }

  private static UserActionSequence sequence(UserSequence user) {
    AggregatedUserActionList.Builder list = AggregatedUserActionList.newBuilder();
    for (Engagement engagement : user.history()) {
      list.addAggregatedUserActions(event(engagement));
    }
    return UserActionSequence.newBuilder()
        .setUserId(user.userId())
        .setUserActionsData(
            UserActionSequenceDataContainer.newBuilder().setOrderedAggregatedUserActionsList(list))
        .build();
  }

  private static AggregatedUserAction event(Engagement engagement) {
    AggregatedUserAction.Builder event =
        AggregatedUserAction.newBuilder()
            .setTweetInfo(
                TweetInfo.newBuilder()
                    .setTweetId(engagement.postId())
                    .setAuthorId(engagement.authorId()));
    // The message names actions and has no values: the server reads each as 1.
    engagement
        .actions()
        .forEach(
            (index, value) -> {
              if (value != 0) {
                event.addActions(action(index));
              }
            });
    return event.build();
  }

  private static ActionInfo action(int index) {
    return ActionInfo.newBuilder().setActionNameValue(index).build();
  }

  @Override
  public void close() {
    parts.close();
  }
}
