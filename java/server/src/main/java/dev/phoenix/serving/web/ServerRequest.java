package dev.phoenix.serving.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A request. */
public final class ServerRequest {
  private static final ScopedValue<HttpConnection> CONNECTION = ScopedValue.newInstance();

  private final HttpRequest head;
  private final BodyStream body;
  private final InetAddress peer;
  private final String path;
  private final Map<String, List<String>> query;
  private Map<String, String> pathParameters = Map.of();
  private String route = "";

  /**
   * Creates a request.
   *
   * @param head its head
   * @param target its path and query
   * @throws IllegalArgumentException if the query is not percent-encoded as it should be
   */
  ServerRequest(HttpRequest head, String target, BodyStream body, InetAddress peer) {
    this.head = head;
    this.body = body;
    this.peer = peer;
    QueryStringDecoder decoder = new QueryStringDecoder(target);
    this.path = decoder.rawPath();
    this.query = decoder.parameters();
  }

  /** Runs {@code handling} as the work of {@code connection}. */
  static void within(HttpConnection connection, Runnable handling) {
    ScopedValue.where(CONNECTION, connection).run(handling);
  }

  /**
   * Runs {@code gone} once, on another thread, if the caller of this thread's request disconnects
   * before it is answered. A caller that closes its side for writing counts as disconnected.
   */
  public static void onCallerGone(Runnable gone) {
    if (CONNECTION.isBound()) {
      CONNECTION.get().onGone(gone);
    }
  }

  /** The method. */
  public String method() {
    return head.method().name();
  }

  /** The path, percent-encoded. */
  public String path() {
    return path;
  }

  /** The pattern of the path that the request was routed by; empty if none matched. */
  public String route() {
    return route;
  }

  /** The value of a parameter of the path. */
  public String pathParameter(String name) {
    return pathParameters.getOrDefault(name, "");
  }

  /** The names of the query's parameters. */
  Set<String> queryNames() {
    return query.keySet();
  }

  /** The first value of a parameter of the query. */
  public Optional<String> query(String name) {
    return query.getOrDefault(name, List.of()).stream().findFirst();
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(head.headers().get(name));
  }

  /** All values of a header. */
  public List<String> headers(String name) {
    return head.headers().getAll(name);
  }

  /** The length of the body as the head gives it. */
  public OptionalLong contentLength() {
    String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length));
  }

  /**
   * The body as it was sent. Reading throws {@link BrokenBodyException} if it is cut off, malformed
   * or too slow, and {@link CallerGoneException} if the connection broke.
   */
  public InputStream body() {
    return body;
  }

  /** The address of the caller, or of the proxy before it. */
  public InetAddress peer() {
    return peer;
  }

  void matched(String pattern, Map<String, String> parameters) {
    route = pattern;
    pathParameters = parameters;
  }
}
