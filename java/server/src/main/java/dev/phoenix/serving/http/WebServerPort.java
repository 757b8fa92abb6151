package dev.phoenix.serving.http;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.tls.Access;
import dev.phoenix.serving.tls.TlsIdentity;
import dev.phoenix.serving.tracing.Tracing;
import dev.phoenix.serving.web.Handler;
import dev.phoenix.serving.web.Routes;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import dev.phoenix.serving.web.WebLimits;
import dev.phoenix.serving.web.WebListener;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;

/** The HTTP port: JSON, the open protocol, metrics, probes and the page. */
public final class WebServerPort implements AutoCloseable {
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);

  /** Beyond the deadline of any request. */
  private static final long FAR_NANOS = Duration.ofDays(365).toNanos();

  private final WebListener listener;
  private final Map<String, Set<String>> paths;
  private final Context context;
  private final LiveFigures figures;
  private final Options options;

  /**
   * The objects that handlers share.
   *
   * @param engine that answers, made with {@link PrometheusMetrics}
   * @param policy of feeds and actions
   * @param example the history that the page begins with
   * @param ready whether requests are welcome
   * @param tracing of requests; empty for none
   */
  public record Context(
      ServingEngine engine,
      FeedPolicy policy,
      UserSequence example,
      BooleanSupplier ready,
      Optional<Tracing> tracing) {
    /** Creates a context without tracing. */
    public Context(
        ServingEngine engine, FeedPolicy policy, UserSequence example, BooleanSupplier ready) {
      this(engine, policy, example, ready, Optional.empty());
    }
  }

  /**
   * How a port listens.
   *
   * @param limits the limits of connections
   * @param access who may connect
   * @param statistics of the Open Inference Protocol's models
   * @param ended is run if the port ends by itself
   */
  public record Options(
      WebLimits limits, Access access, ModelStatistics statistics, Runnable ended) {
    static Options standard() {
      return new Options(
          WebLimits.DEFAULT, Access.OPEN, new ModelStatistics(InstantSource.system()), () -> {});
    }
  }

  /** A listener and what it routes. */
  private record Listening(WebListener listener, Routes routes) {}

  private WebServerPort(
      Listening listening, Context context, LiveFigures figures, Options options) {
    this.listener = listening.listener();
    this.paths = listening.routes().all();
    this.context = context;
    this.figures = figures;
    this.options = options;
  }

  /**
   * Starts the public port with the default limits.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static WebServerPort start(Endpoint endpoint, Context context) {
    return start(endpoint, context, Options.standard());
  }

  /**
   * Starts the public port.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static WebServerPort start(Endpoint endpoint, Context context, Options options) {
    return start(endpoint, context, options, new Bodies(context.engine().memory()));
  }

  /** Starts the public port with another limit of bodies. */
  static WebServerPort start(Endpoint endpoint, Context context, Options options, Bodies bodies) {
    ServingEngine engine = context.engine();
    engine
        .metrics()
        .watch(
            "phoenix_request_memory_bytes",
            "Bytes of requests that are read or wait, of all protocols",
            bodies::heldBytes);
    return Closer.open(
        opened -> {
          LiveFigures figures = opened.own(new LiveFigures(engine));
          Routes routes = routes(context, figures, bodies, options.statistics());
          WebListener listener =
              listen(endpoint, new TokenNeeded(options.access().token(), routes), context, options);
          engine
              .metrics()
              .watch("phoenix_http_connections", "Open HTTP connections", listener::connections);
          engine
              .metrics()
              .watchTotal(
                  "phoenix_http_connections_refused",
                  "HTTP connections closed because of a limit of connections",
                  listener::refusedConnections);
          return new WebServerPort(new Listening(listener, routes), context, figures, options);
        });
  }

  /**
   * What an operator may ask for.
   *
   * @param reloader loads models
   * @param token the token that callers must send
   * @param drain begins to stop the server
   */
  public record Operations(Reloader reloader, BearerToken token, Runnable drain) {}

  /** Starts the admin port of a server that cannot be told to stop. */
  WebServerPort startAdmin(Endpoint endpoint, Reloader reloader, BearerToken token) {
    return startAdmin(endpoint, new Operations(reloader, token, () -> {}));
  }

  /**
   * Starts the admin port, which needs the token for all paths. It must be closed before this port.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public WebServerPort startAdmin(Endpoint endpoint, Operations operations) {
    AdminHandlers handlers = new AdminHandlers(context, operations, figures);
    Routes routes = handlers.routes();
    WebListener listener = listen(endpoint, routes, context, options);
    return new WebServerPort(new Listening(listener, routes), context, figures, options);
  }

  private static WebListener listen(
      Endpoint endpoint, Handler routes, Context context, Options options) {
    Handler traced =
        context
            .tracing()
            .<Handler>map(tracing -> new TracedRequests(tracing, routes))
            .orElse(routes);
    Handler counted = new CountedRequests(PrometheusMetrics.of(context.engine()), traced);
    return WebListener.start(
        new InetSocketAddress(endpoint.host(), endpoint.port()),
        new WebListener.Options(
            counted,
            Answers::error,
            options.limits(),
            options.access().tls().map(WebServerPort::secured).orElse(null),
            options.ended()));
  }

  private static SslContext secured(TlsIdentity tls) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(tls.keyManager()).sslProvider(SslProvider.JDK);
    tls.clients()
        .ifPresent(clients -> builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE));
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new UncheckedIOException("this JDK cannot serve TLS", e);
    }
  }

  private static Routes routes(
      Context context, LiveFigures figures, Bodies bodies, ModelStatistics statistics) {
    Answers answers = Answers.ofInference(context.engine(), bodies);
    RecommendCodec codec =
        new RecommendCodec(
            context.engine().limits(), context.policy(), context.engine()::historyCut);
    OpenInferenceRest open = new OpenInferenceRest(context, answers, statistics);
    byte[] example = new ExampleHistory(context.example(), context.policy()).encode();
    PrometheusMetrics metrics = PrometheusMetrics.of(context.engine());
    Routes routing = new Routes(Answers::error);
    routing.post(
        "/v1/recommend",
        (request, response) ->
            answers.handle(response, () -> recommend(request, response, context, answers, codec)));
    routing.get("/v1/example", (_, response) -> Answers.json(response, example));
    routing.get("/v1/live", (_, response) -> Answers.json(response, figures.encode()));
    routing.get(
        "/metrics",
        (_, response) -> {
          response.header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
          response.send(metrics.scrape().getBytes(StandardCharsets.UTF_8));
        },
        "*");
    routing.get("/livez", (_, response) -> text(response, "alive\n"), "*");
    routing.get("/readyz", (_, response) -> ready(response, context.ready().getAsBoolean()), "*");
    byte[] description = Resources.read("openapi.json");
    routing.get("/openapi.json", (_, response) -> Answers.json(response, description));
    open.route(routing);
    PageFiles.route(routing);
    return routing;
  }

  private static void ready(ServerResponse response, boolean ready) {
    response.status(ready ? 200 : 503);
    text(response, ready ? "ready\n" : "not ready\n");
  }

  private static void text(ServerResponse response, String text) {
    response.header("Content-Type", "text/plain; charset=utf-8");
    response.send(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void recommend(
      ServerRequest request,
      ServerResponse response,
      Context context,
      Answers answers,
      RecommendCodec codec) {
    long begin = System.nanoTime();
    // The body, which has the deadline, is not read yet.
    answers.admit(request, begin + FAR_NANOS);
    RecommendCodec.Request asked =
        answers.read(
            request, response, body -> answers.codec(() -> codec.decode(body, body.length)));
    context.policy().check(asked.shown().scoring(), context.engine().model());
    Duration patience = asked.deadline();
    long deadline =
        patience == null ? context.engine().defaultDeadlineNanos() : begin + patience.toNanos();
    ServingRequest serving =
        new ServingRequest(asked.user(), asked.task(), deadline, asked.impressionSeconds());
    RecommendCodec.Shown shown = asked.shown();
    byte[] answer = answers.await(request, serving, begin, found -> codec.encode(shown, found));
    response.header("Content-Type", "application/json");
    Answers.send(request, response, answer);
  }

  /** The patterns of paths with the methods of each. */
  Map<String, Set<String>> paths() {
    return paths;
  }

  /** The port. */
  public int port() {
    return listener.port();
  }

  /** Makes every further response the last of its connection, with {@code Connection: close}. */
  public void notReadyAnyMore() {
    listener.leave();
  }

  @Override
  public void close() {
    figures.close();
    listener.close(LAST_REQUESTS);
  }
}
