package dev.phoenix.serving.http;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.json.JsonMapper;

/** HTTP ports that serve the demo, and a client of them. */
final class DemoWeb implements AutoCloseable {
  static final String TOKEN = "correct-horse-battery";
  static final JsonMapper MAPPER = new JsonMapper();

  private final UserSequence example = UserSequence.read(Demo.ARTIFACTS.sequence());
  private final AtomicBoolean ready = new AtomicBoolean(true);
  private final ServingEngine engine =
      Demo.engine(Demo.options(8, 50_000_000), new PrometheusMetrics());
  private final HttpClient client = HttpClient.newHttpClient();
  private final Reloader reloader;
  private final WebServerPort users;
  private final WebServerPort admin;

  private DemoWeb() {
    engine.load(Demo.ARTIFACTS);
    reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
    users =
        WebServerPort.start(
            Endpoint.loopback(0),
            new WebServerPort.Context(engine, FeedPolicy.DEFAULT, example, ready::get));
    admin = users.startAdmin(Endpoint.loopback(0), reloader, BearerToken.of(TOKEN));
  }

  static DemoWeb start() {
    return new DemoWeb();
  }

  /** The readiness that the server reports; tests may set it. */
  AtomicBoolean ready() {
    return ready;
  }

  ServingEngine engine() {
    return engine;
  }

  Reloader reloader() {
    return reloader;
  }

  WebServerPort users() {
    return users;
  }

  WebServerPort admin() {
    return admin;
  }

  HttpClient client() {
    return client;
  }

  HttpRequest.Builder to(WebServerPort port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(to(users, path));
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(to(users, path).POST(BodyPublishers.ofString(body)));
  }

  ServingResponse direct(Task task) {
    return engine.submit(Demo.patient(UserHistory.of(example), task)).answer().join();
  }

  @Override
  public void close() {
    client.close();
    admin.close();
    users.close();
    reloader.close();
    engine.close();
  }
}
