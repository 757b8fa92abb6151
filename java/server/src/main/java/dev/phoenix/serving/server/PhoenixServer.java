package dev.phoenix.serving.server;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.kafka.KafkaPostSource;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Backend;
import dev.phoenix.pipeline.Stages;
import dev.phoenix.serving.CorpusSource;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FixedCorpora;
import dev.phoenix.serving.LiveCorpora;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.http.WebServerPort;
import dev.phoenix.serving.metrics.GpuFacts;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
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
  private final @Nullable CorpusFeed feed;
  private final GrpcServer grpc;
  private final WebServerPort http;
  private final @Nullable WebServerPort admin;
  private final Reloader reloader;
  private final CountDownLatch drainAsked = new CountDownLatch(1);
  private volatile boolean ready;
  private volatile boolean stopping;

  private final FailureStop failure;

  private PhoenixServer(Closer parts, ServerConfig config, IntConsumer exit) {
    this.parts = parts;
    this.config = config;
    this.failure = new FailureStop(config, exit);
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
                () ->
                    watched(
                        compute.backend().open(compute.precision(), compute.threads()), metrics),
                metrics,
                corpora(config.posts())));
    if (config.engine().rules().stages() == Stages.RETRIEVAL) {
      LOG.log(Level.INFO, "there is no ranker: feeds are ordered by retrieval");
    }
    metrics.watch("phoenix_ready", "1 while requests are welcome", () -> isReady() ? 1 : 0);
    // A weight of an action that the model has not would fail every feed.
    engine.require(config.policy()::require);
    engine.whenDeviceIsLost(this::fail);
    engine.whenHealthChanges(this::healthChanged);
    this.feed = config.posts().kafka().map(this::ingest).orElse(null);
    this.reloader = parts.own(new Reloader(engine, config.artifacts().directory()));
    GrpcServer.ReloadAccess reloads = new GrpcServer.ReloadAccess(reloader, config.token());
    this.grpc =
        parts.own(
            GrpcServer.start(
                config.grpc(),
                new GrpcServer.Options(
                    config.sockets().grpc(), access, statistics, () -> portEnded("gRPC")),
                new GrpcServer.Context(engine, config.policy(), reloads, this::isReady, tracing)));
    this.http =
        parts.own(
            WebServerPort.start(
                config.http(),
                new WebServerPort.Context(
                    engine, config.policy(), example(config.artifacts()), this::isReady, tracing),
                new WebServerPort.Options(
                    config.sockets().http(), access, statistics, () -> portEnded("HTTP"))));
    this.admin = config.admin().map(this::startAdmin).map(parts::own).orElse(null);
    failure.started(this);
  }

  private WebServerPort startAdmin(Endpoint endpoint) {
    return http.startAdmin(
        endpoint, new WebServerPort.Operations(reloader, config.token(), drainAsked::countDown));
  }

  private CorpusFeed ingest(ServerConfig.KafkaFeed kafka) {
    return parts.own(
        CorpusFeed.start(
            engine,
            kafka.corpus(),
            () -> KafkaPostSource.open(kafka.topic(), kafka.settings()),
            Thread::sleep));
  }

  private static Ops watched(Ops ops, PrometheusMetrics metrics) {
    if (ops instanceof GpuOps gpu) {
      DeviceProperties device = gpu.device();
      metrics.gpu(
          new GpuFacts(
              gpu.name(),
              device.name(),
              device.computeCapability().toString(),
              device.totalMemoryBytes(),
              gpu::liveBytes));
    }
    return ops;
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
   * @throws IllegalArgumentException in one line if the files of TLS cannot serve
   * @throws RuntimeException if a port is taken; all parts are closed then
   */
  public static PhoenixServer start(ServerConfig config) {
    Map<Setting, Endpoint> endpoints = new EnumMap<>(Setting.class);
    endpoints.put(Setting.GRPC_PORT, config.grpc());
    endpoints.put(Setting.HTTP_PORT, config.http());
    config.admin().ifPresent(admin -> endpoints.put(Setting.ADMIN_PORT, admin));
    PortCheck.check(endpoints);
    return start(config, Runtime.getRuntime()::halt);
  }

  /** Starts the ports of a server that ends the process by {@code exit}. */
  static PhoenixServer start(ServerConfig config, IntConsumer exit) {
    return Closer.open(parts -> new PhoenixServer(parts, config, exit));
  }

  /**
   * Loads the model. The server is ready then or, if that is set, once it has read the topic up to
   * the end that the topic had at the start.
   */
  public void load() {
    engine.load(config.artifacts());
    boolean waits = config.posts().kafka().map(ServerConfig.KafkaFeed::readyAtStart).orElse(false);
    if (feed != null && waits) {
      LOG.log(Level.INFO, "the model is loaded; the server is ready when it has read the topic");
      var _ = feed.reachedStart().thenRun(this::becomeReady);
    } else {
      becomeReady();
    }
  }

  private void becomeReady() {
    synchronized (this) {
      if (stopping) {
        return;
      }
      ready = true;
      grpc.ready(true);
    }
    LOG.log(Level.INFO, "ready: gRPC on port {0}, HTTP on port {1}", grpcPort(), httpPort());
  }

  /**
   * Begins to load the model's folder again, while the model of before serves on. The outcome is
   * logged and counted.
   */
  public void reload() {
    if (!reloader.begin("")) {
      LOG.log(Level.WARNING, "no reload was begun: a model is being loaded");
    }
  }

  /** Whether a model is being loaded. */
  public boolean isLoading() {
    return reloader.isBusy();
  }

  /** Returns when an operator asks over the admin port for the server's end. */
  public void awaitDrainRequest() throws InterruptedException {
    drainAsked.await();
  }

  /** Whether the server is ready: a model serves, and batches are computed. */
  public boolean isReady() {
    return ready && engine.isHealthy();
  }

  /** Tells the health service, now and when a failing engine may be tried again. */
  private void healthChanged() {
    reportHealth();
    if (!engine.isHealthy()) {
      var _ = Thread.ofVirtual().start(this::reportHealthLater);
    }
  }

  private void reportHealthLater() {
    LockSupport.parkNanos(ServingEngine.HEALTH_RETRY.toNanos());
    reportHealth();
  }

  private synchronized void reportHealth() {
    if (ready) {
      grpc.ready(engine.isHealthy());
    }
  }

  /**
   * Stops because of a failure that only a new process can mend, and exits with {@link
   * FatalErrors#EXIT_CODE}. Returns at once. Only the first call has an effect.
   */
  public void fail(Throwable cause) {
    failure.begin(cause);
  }

  /** Reports not ready, while requests are still answered. */
  synchronized void reportNotReady() {
    grpc.ready(false);
  }

  /** A port that ends by itself comes back only with a new process. */
  private void portEnded(String port) {
    fail(new IllegalStateException("the port of " + port + " has ended by itself"));
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
