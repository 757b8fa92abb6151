package dev.phoenix.serving.server;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.feature.Exclude;
import dev.phoenix.ops.Precision;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Backend;
import dev.phoenix.pipeline.Stages;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.scoring.ScoringReader;
import dev.phoenix.scoring.UntrainedOutputs;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.EngineOptions;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.LiveCorpora;
import dev.phoenix.serving.ServingRules;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.tls.TlsFiles;
import dev.phoenix.serving.tracing.TraceOptions;
import dev.phoenix.serving.web.WebLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The checked configuration of a server.
 *
 * @param artifacts the models
 * @param posts the sources of posts
 * @param grpc the endpoint of gRPC
 * @param http the endpoint of HTTP
 * @param admin the endpoint of the admin port; empty if it is off
 * @param token the admin token
 * @param sockets the limits of connections, and who may connect
 * @param compute backend, precision and threads
 * @param engine the options of the engine
 * @param policy the policy of feeds and actions
 * @param traces the options of tracing; empty if it is off
 * @param lameDuck the time to serve on after a stop
 * @param drain the time for the last requests after that
 */
public record ServerConfig(
    Artifacts artifacts,
    Posts posts,
    Endpoint grpc,
    Endpoint http,
    Optional<Endpoint> admin,
    BearerToken token,
    Sockets sockets,
    Compute compute,
    EngineOptions engine,
    FeedPolicy policy,
    Optional<TraceOptions> traces,
    Duration lameDuck,
    Duration drain) {
  private static final int MAX_PORT = 65535;
  private static final int MAX_DEADLINE_MS = 3_600_000;

  /**
   * Backend, precision and threads.
   *
   * @param backend the backend
   * @param precision the precision of the forward pass; null for the backend's default
   * @param threads the threads of each batch in flight
   */
  public record Compute(Backend backend, @Nullable Precision precision, int threads) {}

  /**
   * The limits of connections, and who may connect.
   *
   * @param http the limits of HTTP connections
   * @param grpc what gRPC clients may do besides calls
   * @param tls the files of TLS; empty for connections without it
   * @param token the token of users; off for none
   */
  public record Sockets(
      WebLimits http, GrpcServer.ClientRules grpc, Optional<TlsFiles> tls, BearerToken token) {}

  /**
   * The sources of posts.
   *
   * @param liveFolder the folder of live corpora; null if corpora cannot change
   * @param further the names of corpora besides the artifacts' own
   * @param kafka a topic of posts; empty for none
   */
  public record Posts(@Nullable Path liveFolder, List<String> further, Optional<KafkaFeed> kafka) {}

  /**
   * A topic of posts.
   *
   * @param topic the topic's name
   * @param corpus the corpus that it feeds; empty for the default one
   * @param settings the settings of the Kafka client
   * @param readyAtStart whether the server is ready only when it has read the topic up to the end
   *     that the topic had at the start
   */
  public record KafkaFeed(
      String topic, String corpus, Map<String, Object> settings, boolean readyAtStart) {
    /** Settings of the client that are not for a file: others here say the same, or nothing may. */
    private static final List<String> OWN =
        List.of(
            "bootstrap.servers",
            "isolation.level",
            "group.id",
            "group.instance.id",
            "auto.offset.reset",
            "enable.auto.commit",
            "key.deserializer",
            "value.deserializer");
  }

  /**
   * Checks settings.
   *
   * @param demo the default artifacts
   * @throws IllegalArgumentException naming the setting, its value and what is expected
   */
  public static ServerConfig of(Settings settings, Path demo) {
    Path named = settings.path(Setting.ARTIFACTS);
    Artifacts artifacts = new Artifacts(named == null ? demo : named);
    Stages stages = stages(settings, artifacts);
    BearerToken token = BearerToken.of(settings.get(Setting.ADMIN_TOKEN));
    Optional<Endpoint> admin = Optional.empty();
    if (!settings.get(Setting.ADMIN_PORT).equals("off")) {
      if (!token.isOn()) {
        throw new IllegalArgumentException("admin-port: expected an admin-token beside it");
      }
      admin = Optional.of(endpoint(settings, Setting.ADMIN_PORT));
    }
    return new ServerConfig(
        artifacts,
        posts(settings),
        endpoint(settings, Setting.GRPC_PORT),
        endpoint(settings, Setting.HTTP_PORT),
        admin,
        token,
        SocketSettings.read(settings),
        compute(settings),
        engine(settings, stages),
        policy(settings, stages),
        traces(settings),
        Duration.ofSeconds(settings.integer(Setting.LAME_DUCK_SECONDS, 0, 3600)),
        Duration.ofSeconds(settings.integer(Setting.DRAIN_SECONDS, 1, 3600)));
  }

  private static Posts posts(Settings settings) {
    Path folder = settings.path(Setting.LIVE_FOLDER);
    String names = settings.get(Setting.CORPORA);
    if (folder == null && !names.isEmpty()) {
      throw new IllegalArgumentException("corpora: expected a live-folder beside them");
    }
    List<String> further =
        names.isEmpty()
            ? List.of()
            : Arrays.stream(names.split(",", -1)).map(String::strip).toList();
    try {
      LiveCorpora.requireNames(further);
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException("corpora: " + refused.getMessage(), refused);
    }
    return new Posts(folder, further, kafka(settings, folder, further));
  }

  private static Optional<KafkaFeed> kafka(
      Settings settings, @Nullable Path folder, List<String> further) {
    String brokers = settings.get(Setting.KAFKA_BOOTSTRAP);
    String topic = settings.get(Setting.KAFKA_TOPIC);
    if (brokers.isEmpty() && topic.isEmpty()) {
      return Optional.empty();
    }
    if (brokers.isEmpty() || topic.isEmpty()) {
      throw new IllegalArgumentException("kafka-bootstrap and kafka-topic: expected both or none");
    }
    if (folder == null) {
      throw new IllegalArgumentException("kafka-topic: expected a live-folder beside it");
    }
    String corpus = settings.get(Setting.KAFKA_CORPUS);
    if (!corpus.isEmpty() && !corpus.equals("default") && !further.contains(corpus)) {
      throw new IllegalArgumentException(
          "kafka-corpus: expected default or one of corpora, found '" + corpus + "'");
    }
    Map<String, Object> client = new HashMap<>();
    Path file = settings.path(Setting.KAFKA_PROPERTIES);
    if (file != null) {
      Properties properties = Settings.properties(file);
      for (String key : properties.stringPropertyNames()) {
        if (KafkaFeed.OWN.contains(key)) {
          throw new IllegalArgumentException(
              "kafka-properties: %s has %s, which cannot be chosen there: every server reads the whole topic by itself; see kafka-bootstrap and kafka-isolation"
                  .formatted(file, key));
        }
        client.put(key, properties.getProperty(key));
      }
    }
    client.put("bootstrap.servers", brokers);
    String isolation = settings.get(Setting.KAFKA_ISOLATION);
    if (!List.of("read_committed", "read_uncommitted").contains(isolation)) {
      throw new IllegalArgumentException(
          "kafka-isolation: expected read_committed or read_uncommitted, found '"
              + isolation
              + "'");
    }
    client.put("isolation.level", isolation);
    boolean readyAtStart = settings.isTrue(Setting.KAFKA_READY_AT_START);
    return Optional.of(new KafkaFeed(topic, corpus, Map.copyOf(client), readyAtStart));
  }

  private static Endpoint endpoint(Settings settings, Setting port) {
    return new Endpoint(settings.get(Setting.HOST), settings.integer(port, 0, MAX_PORT));
  }

  private static Compute compute(Settings settings) {
    int lanes = settings.integer(Setting.BATCHES_IN_FLIGHT, 1, 16);
    int cores = settings.integer(Setting.THREADS, 0, 1024);
    int all = cores == 0 ? Runtime.getRuntime().availableProcessors() : cores;
    String precision = settings.get(Setting.PRECISION);
    return new Compute(
        settings.constant(Setting.BACKEND, Backend.values()),
        precision.isEmpty() ? null : settings.constant(Setting.PRECISION, Precision.values()),
        Math.max(1, all / lanes));
  }

  private static EngineOptions engine(Settings settings, Stages stages) {
    int most = 1 << 20;
    Duration standard =
        Duration.ofMillis(settings.integer(Setting.DEFAULT_DEADLINE_MS, 1, MAX_DEADLINE_MS));
    Duration longest =
        Duration.ofMillis(settings.integer(Setting.MAX_DEADLINE_MS, 1, MAX_DEADLINE_MS));
    if (longest.compareTo(standard) < 0) {
      throw new IllegalArgumentException(
          "max-deadline-ms: expected at least default-deadline-ms, %d, found %d"
              .formatted(standard.toMillis(), longest.toMillis()));
    }
    long mebibytes = settings.integer(Setting.REQUEST_MEMORY_MIB, 0, most);
    return new EngineOptions(
        settings.integer(Setting.BATCH_SIZE, 1, 4096),
        settings.integer(Setting.QUEUE_LIMIT, 1, most),
        settings.integer(Setting.IN_FLIGHT_LIMIT, 1, most),
        settings.integer(Setting.BATCHES_IN_FLIGHT, 1, 16),
        (long) settings.integer(Setting.KEPT_HISTORY_MIB, 0, most) << 20,
        standard,
        rules(settings, stages),
        new EngineOptions.Bounds(
            longest, mebibytes == 0 ? EngineOptions.Bounds.partOfHeap() : mebibytes << 20));
  }

  private static ServingRules rules(Settings settings, Stages stages) {
    String end = settings.get(Setting.HISTORY_END);
    return new ServingRules(
        end.isEmpty()
            ? Optional.empty()
            : Optional.of(settings.constant(Setting.HISTORY_END, HistoryEnd.values())),
        settings.constant(Setting.EXCLUDE, Exclude.values()),
        stages,
        InstantSource.system());
  }

  private static FeedPolicy policy(Settings settings, Stages stages) {
    return new FeedPolicy(
        settings.constant(Setting.TAXONOMY, ActionTaxonomy.values()),
        scoring(settings, stages),
        settings.integer(Setting.TOP_K, 1, 1000));
  }

  /** Decided once, at the start: no reload changes what feeds go through. */
  private static Stages stages(Settings settings, Artifacts artifacts) {
    boolean without =
        settings.get(Setting.NO_RANKER).isEmpty()
            ? Files.isDirectory(artifacts.directory().resolve("retrieval"))
                && !Files.exists(artifacts.directory().resolve("ranker"))
            : settings.isTrue(Setting.NO_RANKER);
    return without ? Stages.RETRIEVAL : Stages.RETRIEVAL_AND_RANKING;
  }

  private static ScoringOptions scoring(Settings settings, Stages stages) {
    boolean untrained = settings.isTrue(Setting.ALLOW_UNTRAINED);
    String weights = settings.get(Setting.WEIGHTS);
    if (weights.isEmpty()) {
      weights = (stages == Stages.RETRIEVAL ? Preset.RETRIEVAL : Preset.MODEL).label();
    }
    try {
      ScoringOptions scoring = ScoringReader.parse(weights);
      return untrained ? scoring.with(UntrainedOutputs.ALLOWED) : scoring;
    } catch (IllegalArgumentException | CheckpointException refused) {
      throw new IllegalArgumentException("weights: " + refused.getMessage(), refused);
    }
  }

  private static Optional<TraceOptions> traces(Settings settings) {
    double share = settings.share(Setting.TRACES_SHARE);
    String endpoint = settings.get(Setting.TRACES);
    return endpoint.equals("off")
        ? Optional.empty()
        : Optional.of(TraceOptions.of(endpoint, share));
  }
}
