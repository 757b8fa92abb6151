package dev.phoenix.cli;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.FeedEvaluation;
import dev.phoenix.evaluation.FeedSource;
import dev.phoenix.evaluation.RankMetrics;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.feature.Exclude;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.server.PhoenixServer;
import dev.phoenix.serving.server.ServerConfig;
import dev.phoenix.serving.server.Setting;
import dev.phoenix.serving.server.Settings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares served feeds with the evaluation. A checkpoint is evaluated in this process; then a
 * server with the same checkpoint is asked over HTTP and over gRPC for the feed of every test user,
 * with the user's whole history. Both sides leave out posts of the history.
 */
final class ServedQuality {
  /** The row of the evaluation in this process. */
  static final String EVALUATED = "retrieval, evaluated";

  private final LeaveOneOut split;
  private final LeaveOneOut.Part part;
  private final FeedEvaluation feeds;
  private final SequencedMap<String, RankMetrics> rows = new LinkedHashMap<>();

  /** Creates a comparison that predicts {@code part} of {@code split}. */
  ServedQuality(LeaveOneOut split, LeaveOneOut.Part part) {
    this.split = split;
    this.part = part;
    this.feeds = new FeedEvaluation(split, part, Exclude.SEEN);
  }

  /** The row name of the posts in {@code order} that were served over {@code protocol}. */
  static String row(String order, ServedFeeds.Protocol protocol) {
    return order + ", served over " + protocol;
  }

  /** The settings of a server of {@code artifacts} on free ports of the loopback interface. */
  static Map<Setting, String> settings(Artifacts artifacts) {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.ARTIFACTS, artifacts.directory().toString());
    settings.put(Setting.GRPC_PORT, "0");
    settings.put(Setting.HTTP_PORT, "0");
    settings.put(Setting.DEFAULT_DEADLINE_MS, "60000");
    settings.put(Setting.LAME_DUCK_SECONDS, "0");
    return settings;
  }

  /** Adds the metrics of {@code evaluate} for the retrieval model of {@code artifacts}. */
  void evaluate(Ops ops, Artifacts artifacts) {
    var folder = artifacts.model("retrieval");
    try (RetrievalModel model = RetrievalModel.load(ops, folder);
        EmbeddingTables tables =
            EmbeddingTables.open(folder.resolve("embedding_tables.npz"), model.config())) {
      rows.put(EVALUATED, new RetrievalEvaluation(split, part, Exclude.SEEN).model(model, tables));
    }
  }

  /**
   * Starts a server with {@code settings} and adds the metrics of its feeds.
   *
   * @param topK number of posts in a feed
   * @throws IllegalStateException if a feed holds a post of the user's history
   */
  void serve(Map<Setting, String> settings, int topK) {
    ServerConfig config = ServerConfig.of(Settings.resolve(null, Map.of(), settings), Home.demo());
    try (PhoenixServer server = PhoenixServer.start(config)) {
      server.load();
      try (ServedFeeds served = ServedFeeds.of(server, topK)) {
        for (ServedFeeds.Protocol protocol : ServedFeeds.Protocol.values()) {
          add(served, protocol);
        }
      }
    }
  }

  /** Requests each user's feed once; a feed also gives the order of retrieval. */
  private void add(ServedFeeds served, ServedFeeds.Protocol protocol) {
    Deque<long[]> retrieved = new ArrayDeque<>();
    FeedSource shownFeeds =
        (user, shown) -> {
          ServedFeeds.Feed feed = served.feed(protocol, user, shown);
          retrieved.add(unseen(user, feed.retrieved()));
          return unseen(user, feed.shown());
        };
    RankMetrics shown = feeds.measure(shownFeeds).ranks();
    // measure visits the users in the same order as before.
    rows.put(row("retrieval", protocol), feeds.measure((_, _) -> retrieved.remove()).ranks());
    rows.put(row("feed", protocol), shown);
  }

  private static long[] unseen(UserSequence user, long[] posts) {
    Set<Long> seen =
        user.history().stream().map(UserSequence.Engagement::postId).collect(Collectors.toSet());
    for (long post : posts) {
      if (seen.contains(post)) {
        throw new IllegalStateException(
            "expected no post of the history in the feed of user %s, found %s"
                .formatted(Long.toUnsignedString(user.userId()), Long.toUnsignedString(post)));
      }
    }
    return posts;
  }

  /** The metrics by row name, in the order in which they were added. */
  SequencedMap<String, RankMetrics> rows() {
    return rows;
  }
}
