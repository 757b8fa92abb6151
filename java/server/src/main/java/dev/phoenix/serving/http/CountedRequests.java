package dev.phoenix.serving.http;

import dev.phoenix.serving.metrics.PrometheusMetrics;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Set;

/**
 * Counts every answer by route, method and status code, and logs it where the access log is on. The
 * route is a pattern, so that callers cannot make new series.
 */
final class CountedRequests implements Filter {
  /** The access log; its level decides whether it is on. */
  private static final System.Logger ACCESS = System.getLogger("dev.phoenix.access.http");

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

  private static final double NANOS_PER_MILLI = 1e6;

  private final PrometheusMetrics metrics;

  CountedRequests(PrometheusMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    long begin = System.nanoTime();
    response.whenSent(() -> count(request, response.status().code(), System.nanoTime() - begin));
    chain.proceed();
  }

  private void count(RoutingRequest request, int code, long nanos) {
    String said = request.prologue().method().text();
    String method = METHODS.contains(said) ? said : "other";
    String route = request.matchingPattern().orElse("none");
    metrics.http(route, method, code);
    if (ACCESS.isLoggable(Level.INFO)) {
      ACCESS.log(
          Level.INFO,
          () ->
              String.format(
                  Locale.ROOT,
                  "method=%s route=%s status=%d duration_ms=%.3f peer=%s",
                  method,
                  route,
                  code,
                  nanos / NANOS_PER_MILLI,
                  request.remotePeer().host()));
    }
  }
}
