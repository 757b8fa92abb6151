package dev.phoenix.serving.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * Closes connections: those of callers that ask for it, and all of them during shutdown. The server
 * library sends {@code Connection: close} but still waits for the next request.
 */
final class ConnectionEnds implements Filter {
  private volatile boolean leaving;

  /** Makes every response the last of its connection, including those of running requests. */
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

  /** Reads the rest of the body: closing a socket with unread bytes may discard the response. */
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
