package dev.phoenix.serving.http;

import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.tracing.CallSpan;
import dev.phoenix.serving.tracing.Tracing;
import dev.phoenix.serving.web.Handler;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.List;
import java.util.Set;

/** Makes a span for every request. */
final class TracedRequests implements Handler {
  private static final ScopedValue<CallSpan> CURRENT = ScopedValue.newInstance();
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  /**
   * Known methods; others share one name, so that callers cannot create names of spans or series.
   */
  static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

  private final Tracing tracing;
  private final Handler handler;

  TracedRequests(Tracing tracing, Handler handler) {
    this.tracing = tracing;
    this.handler = handler;
  }

  /** Adds the engine's request to the span of this thread's HTTP request, if it is traced. */
  static void asks(PendingRequest asked) {
    if (CURRENT.isBound()) {
      CURRENT.get().asks(List.of(asked));
    }
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    String said = request.method();
    String method = METHODS.contains(said) ? said : "_OTHER";
    String name = METHODS.contains(said) ? said : "HTTP";
    CallSpan span =
        tracing.begin(
            name, Attributes.of(METHOD, method), header -> request.header(header).orElse(null));
    try {
      ScopedValue.where(CURRENT, span).run(() -> handler.handle(request, response));
    } catch (RuntimeException | Error failed) {
      span.end(Attributes.empty(), failed.getClass().getName());
      throw failed;
    }
    if (!request.route().isEmpty()) {
      span.rename(name + " " + request.route(), Attributes.of(ROUTE, request.route()));
    }
    int status = response.status();
    span.end(Attributes.of(STATUS, (long) status), status < 500 ? null : Integer.toString(status));
  }
}
