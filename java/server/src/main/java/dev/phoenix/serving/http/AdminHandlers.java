package dev.phoenix.serving.http;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.web.Handler;
import dev.phoenix.serving.web.Routes;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.util.function.BiFunction;

/**
 * Handles {@code POST /admin/reload[?model=NAME]}, {@code POST /admin/drain}, {@code GET
 * /admin/status} and the corpora. All of them need the token.
 */
final class AdminHandlers {
  private final Answers answers;
  private final Reloader reloader;
  private final BearerToken token;
  private final Runnable drain;
  private final OperatorStatus status;
  private final LiveFigures figures;
  private final CorpusHandlers corpora;

  AdminHandlers(
      WebServerPort.Context context, WebServerPort.Operations operations, LiveFigures figures) {
    ServingEngine engine = context.engine();
    this.answers = Answers.ofAdministration(engine, new Bodies(engine.memory()));
    this.reloader = operations.reloader();
    this.token = operations.token();
    this.drain = operations.drain();
    this.status = new OperatorStatus(engine, reloader, context.ready());
    this.figures = figures;
    this.corpora = new CorpusHandlers(engine, answers);
  }

  Routes routes() {
    Routes routing = new Routes(Answers::error);
    routing.post(
        "/admin/reload",
        guarded(
            (request, response) ->
                answers.handle(
                    response,
                    () -> {
                      String name = request.query("model").orElse("");
                      boolean begun = reloader.begin(name);
                      response.status(begun ? 202 : 409);
                      Answers.json(
                          response,
                          Json.bytes(
                              json ->
                                  json.writeStartObject()
                                      .writeBooleanProperty("begun", begun)
                                      .writeEndObject()));
                    })),
        "model");
    routing.get(
        "/admin/status",
        guarded((_, response) -> Answers.json(response, figures.encode(status::write))));
    routing.post(
        "/admin/drain",
        guarded(
            (_, response) -> {
              response.status(202);
              Answers.json(
                  response,
                  Json.bytes(
                      json ->
                          json.writeStartObject()
                              .writeBooleanProperty("begun", true)
                              .writeEndObject()));
              drain.run();
            }));
    String posts = "/admin/corpora/{name}/posts";
    routing.on("PUT", posts, guarded(answering(corpora::put)));
    routing.on("DELETE", posts, guarded(answering(corpora::remove)));
    routing.get("/admin/corpora", guarded(answering((_, _) -> corpora.statistics())));
    return routing;
  }

  private Handler answering(BiFunction<ServerRequest, ServerResponse, byte[]> answer) {
    return (request, response) ->
        answers.handle(response, () -> Answers.json(response, answer.apply(request, response)));
  }

  private Handler guarded(Handler handler) {
    return (request, response) -> {
      if (token.suits(request.header("Authorization").orElse(null))) {
        handler.handle(request, response);
      } else {
        response.status(401);
        response.header("WWW-Authenticate", "Bearer");
        Answers.json(response, Answers.error("expected the admin token as a bearer token"));
      }
    };
  }
}
