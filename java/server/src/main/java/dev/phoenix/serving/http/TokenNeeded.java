package dev.phoenix.serving.http;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.web.Handler;
import dev.phoenix.serving.web.Routes;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.util.Set;

/** Refuses requests without the users' token, but for the paths of health that probes ask. */
record TokenNeeded(BearerToken token, Routes routes) implements Handler {
  private static final Set<String> HEALTH =
      Set.of("/livez", "/readyz", "/v2/health/live", "/v2/health/ready");

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    if (!token.isOn()
        || HEALTH.contains(request.path())
        || token.suits(request.header("Authorization").orElse(null))) {
      routes.handle(request, response);
      return;
    }
    response.status(401);
    response.header("WWW-Authenticate", "Bearer");
    Answers.json(response, Answers.error("expected the API token as a bearer token"));
  }
}
