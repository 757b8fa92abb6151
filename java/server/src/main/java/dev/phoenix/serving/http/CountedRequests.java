package dev.phoenix.serving.http;

import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.web.Handler;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Counts every answer by route, method and status code, and logs it where the access log is on. The
 * route is a pattern, so that callers cannot make new series.
 */
final class CountedRequests implements Handler {
  /** The access log; its level decides whether it is on. */
  private static final System.Logger ACCESS = System.getLogger("dev.phoenix.access.http");

  private static final double NANOS_PER_MILLI = 1e6;

  private final PrometheusMetrics metrics;

  private final Handler handler;

  CountedRequests(PrometheusMetrics metrics, Handler handler) {
    this.metrics = metrics;
    this.handler = handler;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    long begin = System.nanoTime();
    try {
      handler.handle(request, response);
    } finally {
      if (response.isSent()) {
        count(request, response.status(), System.nanoTime() - begin);
      }
    }
  }

  private void count(ServerRequest request, int code, long nanos) {
    String said = request.method();
    String method = TracedRequests.METHODS.contains(said) ? said : "other";
    String route = request.route().isEmpty() ? "none" : request.route();
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
                  request.peer().getHostAddress()));
    }
  }
}
