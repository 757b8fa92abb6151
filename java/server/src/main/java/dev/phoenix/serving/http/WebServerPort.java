package dev.phoenix.serving.http;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.serving.AdminToken;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.tracing.Tracing;
import io.helidon.common.configurable.Resource;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The HTTP port: JSON, the open protocol, metrics, probes and the page. */
public final class WebServerPort implements AutoCloseable {
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);

  /** Beyond the deadline of any request. */
  private static final long FAR_NANOS = Duration.ofDays(365).toNanos();

  private final WebServer server;
  private final Context context;
  private final LiveFigures figures;
  private final ConnectionEnds ends;

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

  private WebServerPort(
      WebServer server, Context context, LiveFigures figures, ConnectionEnds ends) {
    this.server = server;
    this.context = context;
    this.figures = figures;
    this.ends = ends;
  }

  /**
   * Starts the public port.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static WebServerPort start(Endpoint endpoint, Context context) {
    return start(endpoint, context, new Bodies(context.engine().memory()));
  }

  /** Starts the public port with another limit of bodies. */
  static WebServerPort start(Endpoint endpoint, Context context, Bodies bodies) {
    ServingEngine engine = context.engine();
    engine
        .metrics()
        .watch(
            "phoenix_request_memory_bytes",
            "Bytes of requests that are read or wait, of all protocols",
            bodies::heldBytes);
    ConnectionEnds ends = new ConnectionEnds();
    return Closer.open(
        opened -> {
          LiveFigures figures = opened.own(new LiveFigures(engine));
          WebServer server =
              listen(endpoint, filtered(routing(context, figures, bodies), ends, context));
          return new WebServerPort(server, context, figures, ends);
        });
  }

  /**
   * Starts the admin port, which needs the token for all paths. It must be closed before this port.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public WebServerPort startAdmin(Endpoint endpoint, Reloader reloader, AdminToken token) {
    AdminHandlers handlers = new AdminHandlers(context.engine(), reloader, token, figures);
    ConnectionEnds own = new ConnectionEnds();
    WebServer listening = listen(endpoint, filtered(handlers.routing(), own, context));
    return new WebServerPort(listening, context, figures, own);
  }

  private static HttpRouting.Builder filtered(
      HttpRouting.Builder routing, ConnectionEnds ends, Context context) {
    // The outermost filter: it closes connections by throwing, which must not count as a failure.
    routing.addFilter(ends);
    context.tracing().ifPresent(tracing -> routing.addFilter(new TracedRequests(tracing)));
    return routing;
  }

  private static WebServer listen(Endpoint endpoint, HttpRouting.Builder routing) {
    WebServerConfig.Builder server =
        WebServer.builder()
            .host(endpoint.host())
            .port(endpoint.port())
            .shutdownHook(false)
            .contentEncoding(ContentCoding.known())
            .protocolsDiscoverServices(false)
            .addConnectionSelector(WatchedConnection.http1())
            .shutdownGracePeriod(LAST_REQUESTS)
            .maxPayloadSize(Bodies.MAX_BODY_BYTES)
            .routing(routing);
    if (endpoint.certificate() != null && endpoint.privateKey() != null) {
      Resource certificate = Resource.create(endpoint.certificate());
      Resource privateKey = Resource.create(endpoint.privateKey());
      server.tls(
          Tls.builder()
              .privateKey(keys -> keys.pem(pem -> pem.key(privateKey)))
              .privateKeyCertChain(keys -> keys.pem(pem -> pem.certChain(certificate)))
              .build());
    }
    WebServer started = server.build().start();
    if (!started.isRunning()) {
      // The library logs the cause instead of throwing it.
      throw new UncheckedIOException(
          "HTTP cannot listen on %s port %d".formatted(endpoint.host(), endpoint.port()),
          new BindException("the port is taken, or the address is not one of this machine"));
    }
    return started;
  }

  private static HttpRouting.Builder routing(Context context, LiveFigures figures, Bodies bodies) {
    Answers answers = Answers.ofInference(context.engine(), bodies);
    RecommendCodec codec =
        new RecommendCodec(
            context.engine().limits(), context.policy(), context.engine()::historyCut);
    OpenInferenceRest open = new OpenInferenceRest(context, answers);
    byte[] example = new ExampleHistory(context.example(), context.policy()).encode();
    PrometheusMetrics metrics = PrometheusMetrics.of(context.engine());
    HttpRouting.Builder routing = HttpRouting.builder();
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
        });
    routing.get(
        "/livez", (_, response) -> response.send("alive\n".getBytes(StandardCharsets.UTF_8)));
    routing.get("/readyz", (_, response) -> ready(response, context.ready().getAsBoolean()));
    open.route(routing);
    PageFiles.route(routing);
    return routing;
  }

  private static void ready(ServerResponse response, boolean ready) {
    response.status(ready ? 200 : 503);
    response.send((ready ? "ready\n" : "not ready\n").getBytes(StandardCharsets.UTF_8));
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
        answers.read(request, body -> answers.codec(() -> codec.decode(body, body.length)));
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

  /** The port. */
  public int port() {
    return server.port();
  }

  /** Makes every further response the last of its connection, with {@code Connection: close}. */
  public void notReadyAnyMore() {
    ends.leave();
  }

  @Override
  public void close() {
    figures.close();
    server.stop();
  }
}
