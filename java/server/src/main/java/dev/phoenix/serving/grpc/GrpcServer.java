package dev.phoenix.serving.grpc;

import dev.phoenix.compression.ZstdCodec;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.tls.Access;
import dev.phoenix.serving.tracing.Tracing;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The gRPC port: production services, Phoenix services, Open Inference, health, reflection. */
public final class GrpcServer implements AutoCloseable {
  /**
   * The time for connections without calls to close by themselves, in which calls that clients sent
   * before they knew of the shutdown still arrive.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** The time over which reset streams are counted. */
  static final Duration RESET_WINDOW = Duration.ofSeconds(10);

  static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final HealthStatusManager health = new HealthStatusManager();
  private final CallThreads threads;
  private final Inference inference;
  private final List<String> services = new ArrayList<>();
  private final Server server;
  private volatile boolean stopping;

  /**
   * The objects that the services of a server share.
   *
   * @param engine the engine
   * @param policy the policy of feeds and actions
   * @param reloads the reloader and its token
   * @param ready whether the server is ready
   * @param tracing the tracing of calls; empty for none
   */
  public record Context(
      ServingEngine engine,
      FeedPolicy policy,
      ReloadAccess reloads,
      BooleanSupplier ready,
      Optional<Tracing> tracing) {
    /** Creates a context without tracing. */
    public Context(
        ServingEngine engine, FeedPolicy policy, ReloadAccess reloads, BooleanSupplier ready) {
      this(engine, policy, reloads, ready, Optional.empty());
    }
  }

  /**
   * The reloader and its token.
   *
   * @param reloader the reloader
   * @param token the token that callers must send
   */
  public record ReloadAccess(Reloader reloader, BearerToken token) {}

  /**
   * The limits of a connection.
   *
   * @param messageBytes the maximum size of a decompressed message
   * @param calls the maximum number of concurrent calls
   * @param age the age at which the server asks the client to reconnect, so that clients find new
   *     servers
   * @param lastCalls the time that running calls then have to end
   */
  public record ConnectionLimits(int messageBytes, int calls, Duration age, Duration lastCalls) {
    /** The defaults of a server. */
    public static final ConnectionLimits DEFAULT =
        new ConnectionLimits(16 << 20, 1024, Duration.ofMinutes(10), Duration.ofSeconds(30));
  }

  /**
   * What clients may do besides calls.
   *
   * @param leastPing the least time between two pings
   * @param idlePings whether they may ping while no call runs
   * @param resets the maximum number of streams that are reset within {@link #RESET_WINDOW}, by
   *     either side; more end the connection
   */
  public record ClientRules(Duration leastPing, boolean idlePings, int resets) {
    /** The defaults of a server. */
    public static final ClientRules DEFAULT = new ClientRules(Duration.ofSeconds(2), true, 1000);
  }

  /**
   * How a port listens.
   *
   * @param connection the limits of a connection
   * @param rules what clients may do besides calls
   * @param access who may connect
   * @param statistics of the Open Inference Protocol's models
   * @param ended is run if the port ends by itself
   */
  public record Options(
      ConnectionLimits connection,
      ClientRules rules,
      Access access,
      ModelStatistics statistics,
      Runnable ended) {
    /** Creates options with the default limits of a connection. */
    public Options(ClientRules rules, Access access, ModelStatistics statistics, Runnable ended) {
      this(ConnectionLimits.DEFAULT, rules, access, statistics, ended);
    }

    static Options standard() {
      return new Options(
          ClientRules.DEFAULT, Access.OPEN, new ModelStatistics(InstantSource.system()), () -> {});
    }
  }

  private GrpcServer(Endpoint endpoint, Options options, Context context) {
    ConnectionLimits connection = options.connection();
    this.threads = new CallThreads(context.engine());
    this.inference = new Inference(context.engine());
    CallMemory memory = new CallMemory(context.engine().memory(), context.engine().metrics());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(endpoint.host(), endpoint.port()))
            .directExecutor()
            .callExecutor(threads)
            .maxInboundMessageSize(connection.messageBytes())
            .decompressorRegistry(ZstdCodec.decompressors())
            .compressorRegistry(ZstdCodec.compressors())
            .maxConcurrentCallsPerConnection(connection.calls())
            .maxConnectionAge(connection.age().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(connection.lastCalls().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(options.rules().leastPing().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(options.rules().idlePings())
            .maxRstFramesPerWindow(options.rules().resets(), (int) RESET_WINDOW.toSeconds())
            .intercept(new Authorization())
            .intercept(new PostsChoice())
            .intercept(new Compression())
            .intercept(inference)
            .intercept(new TokenNeeded(options.access().token(), context.reloads().token()))
            .addStreamTracerFactory(memory)
            .intercept(memory)
            .intercept(new LoggedCalls());
    // Interceptors run in reverse order, so this one also sees calls that others refuse.
    context.tracing().ifPresent(tracing -> builder.intercept(new TracedCalls(tracing)));
    options.access().tls().ifPresent(tls -> builder.sslContext(GrpcTls.of(tls)));
    WireLimits limits = new WireLimits(context.engine().limits());
    for (BindableService service : services(context, options.statistics())) {
      ServerServiceDefinition definition = service.bindService();
      builder.addService(ScannedRequests.before(definition, limits, context.engine().metrics()));
      services.add(definition.getServiceDescriptor().getName());
    }
    builder.addService(health.getHealthService());
    addReflection(builder);
    ready(false);
    try {
      this.server = builder.build().start();
    } catch (IOException e) {
      threads.close();
      throw new UncheckedIOException(
          "gRPC cannot listen on %s port %d".formatted(endpoint.host(), endpoint.port()), e);
    }
    watch(options.ended());
  }

  @SuppressWarnings("deprecation") // The older form of reflection, which many tools still ask for.
  private void addReflection(NettyServerBuilder builder) {
    builder.addService(ProtoReflectionServiceV1.newInstance());
    builder.addService(ProtoReflectionService.newInstance());
  }

  private List<BindableService> services(Context context, ModelStatistics statistics) {
    Replies replies = new Replies(context.engine(), threads);
    Reloads reloads =
        new Reloads(context.engine(), context.reloads().reloader(), context.reloads().token());
    return List.of(
        new PredictorService(context.engine(), context.policy(), replies, reloads),
        new RetrievalService(context.engine(), context.policy(), replies, reloads),
        new RecommenderService(context.engine(), context.policy(), replies),
        new CorpusService(context.engine(), context.reloads().token()),
        new OpenInferenceService(context, replies, statistics));
  }

  /** Compresses responses as the request was compressed. */
  private static final class Compression implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String encoding = headers.get(ENCODING);
      if ("gzip".equals(encoding) || "zstd".equals(encoding)) {
        call.setCompression(encoding);
      }
      return next.startCall(call, headers);
    }
  }

  /**
   * Starts listening. The health service reports not serving until {@link #ready} is called.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static GrpcServer start(Endpoint endpoint, Context context) {
    return start(endpoint, Options.standard(), context);
  }

  /**
   * Starts listening with other options.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static GrpcServer start(Endpoint endpoint, Options options, Context context) {
    return new GrpcServer(endpoint, options, context);
  }

  /** Runs {@code ended} if the port ends before {@link #drain} or {@link #close} is called. */
  private void watch(Runnable ended) {
    Thread.ofVirtual()
        .name("grpc listener")
        .start(
            () -> {
              try {
                server.awaitTermination();
              } catch (InterruptedException impossible) {
                Thread.currentThread().interrupt();
              }
              if (!stopping) {
                ended.run();
              }
            });
  }

  /** The port. */
  public int port() {
    return server.getPort();
  }

  /** Sets the status of the health service. */
  public void ready(boolean ready) {
    ServingStatus status = ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    services.forEach(name -> health.setStatus(name, status));
  }

  /** Sets the status of the health service to not serving for good. */
  public void notReadyAnyMore() {
    health.enterTerminalState();
  }

  /**
   * Accepts no more calls and waits for running inference calls. Calls of the health and reflection
   * services may never end and are cancelled.
   *
   * @return whether all inference calls ended within {@code patience}; the others are cancelled
   */
  public boolean drain(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    stopping = true;
    server.shutdown();
    boolean ended = inference.awaitNone(patience);
    long left = Math.clamp(end - System.nanoTime(), 0, FAREWELL.toNanos());
    if (!server.awaitTermination(left, TimeUnit.NANOSECONDS)) {
      ended = inference.awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      server.shutdownNow();
    }
    return ended;
  }

  @Override
  public void close() {
    stopping = true;
    server.shutdownNow();
    threads.close();
  }
}
