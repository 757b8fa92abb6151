package dev.phoenix.serving.server;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.kafka.KafkaPostSource;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Precision;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Backend;
import dev.phoenix.pipeline.Stages;
import dev.phoenix.serving.CorpusSource;
import dev.phoenix.serving.FixedCorpora;
import dev.phoenix.serving.LiveCorpora;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.http.WebServerPort;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.tls.Access;
import dev.phoenix.serving.tls.TlsIdentity;
import dev.phoenix.serving.tracing.Tracing;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server: engine and ports. It listens from the start and answers {@code UNAVAILABLE} until the
 * model is loaded and warm. On shutdown it reports not ready and still serves for a while, so that
 * clients and load balancers have time to notice.
 */
public final class PhoenixServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PhoenixServer.class.getName());

  private final ServerConfig config;
  private final Closer parts;
  private final ServingEngine engine;
  private final GrpcServer grpc;
  private final WebServerPort http;
  private final @Nullable WebServerPort admin;
  private volatile boolean ready;
  private volatile boolean stopping;

  private PhoenixServer(Closer parts, ServerConfig config, Runnable ended) {
    this.parts = parts;
    this.config = config;
    Optional<Tracing> tracing = config.traces().map(options -> parts.own(Tracing.start(options)));
    PrometheusMetrics metrics = parts.own(new PrometheusMetrics());
    Access access = access(parts, config.sockets(), metrics);
    ModelStatistics statistics = new ModelStatistics(InstantSource.system());
    ServerConfig.Compute compute = config.compute();
    this.engine =
        parts.own(
            ServingEngine.create(
                config.engine(),
                RequestLimits.DEFAULT,
                () -> compute.backend().open(compute.precision(), compute.threads()),
                metrics,
                corpora(config.posts())));
    if (config.engine().rules().stages() == Stages.RETRIEVAL) {
      LOG.log(Level.INFO, "there is no ranker: feeds are ordered by retrieval");
    }
    // A weight of an action that the model has not would fail every feed.
    engine.require(config.policy()::require);
    config.posts().kafka().ifPresent(this::ingest);
    Reloader reloader = parts.own(new Reloader(engine, config.artifacts().directory()));
    GrpcServer.ReloadAccess reloads = new GrpcServer.ReloadAccess(reloader, config.token());
    this.grpc =
        parts.own(
            GrpcServer.start(
                config.grpc(),
                new GrpcServer.Options(config.sockets().grpc(), access, statistics, ended),
                new GrpcServer.Context(engine, config.policy(), reloads, this::isReady, tracing)));
    this.http =
        parts.own(
            WebServerPort.start(
                config.http(),
                new WebServerPort.Context(
                    engine, config.policy(), example(config.artifacts()), this::isReady, tracing),
                new WebServerPort.Options(config.sockets().http(), access, statistics, ended)));
    this.admin =
        config.admin().isPresent()
            ? parts.own(http.startAdmin(config.admin().get(), reloader, config.token()))
            : null;
  }

  private static Access access(
      Closer parts, ServerConfig.Sockets sockets, PrometheusMetrics metrics) {
    Optional<TlsIdentity> tls =
        sockets.tls().map(files -> parts.own(TlsIdentity.read(files, InstantSource.system())));
    tls.ifPresent(
        identity ->
            metrics.watch(
                "phoenix_tls_certificate_expiry_days",
                "Days until the TLS certificate expires",
                identity.watch()::daysLeft));
    return new Access(sockets.token(), tls);
  }

  private void ingest(ServerConfig.KafkaFeed kafka) {
    var _ =
        parts.own(
            CorpusFeed.start(
                engine,
                kafka.corpus(),
                () -> KafkaPostSource.subscribe(kafka.topic(), kafka.settings()),
                Thread::sleep));
  }

  private static CorpusSource corpora(ServerConfig.Posts posts) {
    Path folder = posts.liveFolder();
    return folder == null
        ? new FixedCorpora()
        : new LiveCorpora(
            folder,
            posts.further(),
            CorpusSettings.defaults(),
            () -> Backend.CPU.open(Precision.FLOAT32, 1));
  }

  /** The example user of the folder, if there is one; the page shows it first. */
  private static UserSequence example(Artifacts artifacts) {
    return Files.isRegularFile(artifacts.sequence())
        ? UserSequence.read(artifacts.sequence())
        : new UserSequence(1, List.of());
  }

  /**
   * Starts the ports; no model is loaded yet.
   *
   * @throws RuntimeException if a port is taken; all parts are closed then
   */
  public static PhoenixServer start(ServerConfig config) {
    return start(config, () -> {});
  }

  /**
   * Starts the ports; no model is loaded yet.
   *
   * @param ended is run if a port ends by itself; the server can only be closed then
   * @throws IllegalArgumentException in one line if the files of TLS cannot serve
   * @throws RuntimeException if a port is taken; all parts are closed then
   */
  public static PhoenixServer start(ServerConfig config, Runnable ended) {
    return Closer.open(parts -> new PhoenixServer(parts, config, ended));
  }

  /** Loads the model and becomes ready. */
  public void load() {
    engine.load(config.artifacts());
    synchronized (this) {
      if (!stopping) {
        ready = true;
        grpc.ready(true);
      }
    }
    LOG.log(Level.INFO, "ready: gRPC on port {0}, HTTP on port {1}", grpcPort(), httpPort());
  }

  /** Whether the server is ready. */
  public boolean isReady() {
    return ready;
  }

  /** Whether {@link #stop} was called. */
  public boolean isStopping() {
    return stopping;
  }

  /** The engine. */
  public ServingEngine engine() {
    return engine;
  }

  /** The port of gRPC, as text without grouping in logs. */
  public String grpcPort() {
    return Integer.toString(grpc.port());
  }

  /** The port of HTTP. */
  public String httpPort() {
    return Integer.toString(http.port());
  }

  /** The admin port; null if it is off. */
  public @Nullable String adminPort() {
    return admin == null ? null : Integer.toString(admin.port());
  }

  /**
   * Reports not ready, serves on for a while, waits for the last requests, and closes.
   *
   * @return whether all requests were answered
   */
  public boolean stop() throws InterruptedException {
    boolean served;
    synchronized (this) {
      stopping = true;
      served = ready;
      ready = false;
      grpc.notReadyAnyMore();
    }
    http.notReadyAnyMore();
    if (admin != null) {
      admin.notReadyAnyMore();
    }
    LOG.log(Level.INFO, "not ready any more; {0} requests in flight", engine.inFlight());
    if (served) {
      Thread.sleep(config.lameDuck());
    }
    long deadline = System.nanoTime() + config.drain().toNanos();
    boolean answered = grpc.drain(config.drain());
    answered &= engine.drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    LOG.log(Level.INFO, answered ? "every request was answered" : "requests were cut off");
    close();
    return answered;
  }

  /** Closes all parts at once, even if closing some of them fails. Idempotent. */
  @Override
  public void close() {
    parts.close();
  }
}
