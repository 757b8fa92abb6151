package dev.phoenix.serving.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * Ends connections: of callers that ask for it, and of all once clients are to go elsewhere. The
 * server library says {@code Connection: close} but waits for a next request all the same.
 */
final class ConnectionEnds implements Filter {
  private volatile boolean leaving;

  /** From now on every answer is the last of its connection, also those to requests under way. */
  void leave() {
    leaving = true;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    response.beforeSend(
        () -> {
          if (leaving) {
            response.header(HeaderValues.CONNECTION_CLOSE);
          }
        });
    chain.proceed();
    if (response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      readOn(request);
      throw new CloseConnectionException("the answer was the last of its connection");
    }
  }

  /** A socket that is closed with bytes unread takes an answer back that is still on its way. */
  private static void readOn(RoutingRequest request) {
    if (request.content().consumed()) {
      return;
    }
    try {
      request.content().consume();
    } catch (RuntimeException unreadable) {
      throw new CloseConnectionException("the rest of a body cannot be read", unreadable);
    }
  }
}
