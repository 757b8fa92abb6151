package dev.phoenix.serving.http;

import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.tracing.CallSpan;
import dev.phoenix.serving.tracing.Tracing;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.List;
import java.util.Set;

/** Makes a span for every request. */
final class TracedRequests implements Filter {
  private static final ScopedValue<CallSpan> CURRENT = ScopedValue.newInstance();
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  /** Known methods; others share one name, so that callers cannot create new span names. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

  private final Tracing tracing;

  TracedRequests(Tracing tracing) {
    this.tracing = tracing;
  }

  /** Adds the engine's request to the span of this thread's HTTP request, if it is traced. */
  static void asks(PendingRequest asked) {
    if (CURRENT.isBound()) {
      CURRENT.get().asks(List.of(asked));
    }
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    String said = request.prologue().method().text();
    String method = METHODS.contains(said) ? said : "_OTHER";
    CallSpan span =
        tracing.begin(
            METHODS.contains(said) ? said : "HTTP",
            Attributes.of(METHOD, method),
            name -> request.headers().first(HeaderNames.create(name)).orElse(null));
    try {
      ScopedValue.where(CURRENT, span).run(chain::proceed);
    } catch (RuntimeException failed) {
      span.end(Attributes.empty(), failed.getClass().getName());
      throw failed;
    }
    request
        .matchingPattern()
        .ifPresent(route -> span.rename(method + " " + route, Attributes.of(ROUTE, route)));
    int status = response.status().code();
    span.end(Attributes.of(STATUS, (long) status), status < 500 ? null : Integer.toString(status));
  }
}
