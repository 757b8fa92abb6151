package dev.phoenix.cli;

import dev.phoenix.serving.tls.Authorities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of a server's operator port. */
final class AdminClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final URI url;
  private final String token;
  private final HttpClient http;

  /**
   * Creates a client.
   *
   * @param url of the port, without a path
   * @param token the admin token
   * @param authority PEM file of certificates to trust; null for those of the JDK
   */
  AdminClient(URI url, String token, @Nullable Path authority) {
    this.url = url;
    this.token = token;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
    if (authority != null) {
      builder.sslContext(trusting(authority));
    }
    this.http = builder.build();
  }

  private static SSLContext trusting(Path authority) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {Authorities.read(authority)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  /** What the server tells of itself. */
  JsonNode status() throws InterruptedException {
    return send("/admin/status", false);
  }

  /** Begins to load the model in the folder {@code name}; empty for the server's own folder. */
  void reload(String name) throws InterruptedException {
    String query =
        name.isEmpty() ? "" : "?model=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    var _ = send("/admin/reload" + query, true);
  }

  /** Begins to stop the server. */
  void drain() throws InterruptedException {
    var _ = send("/admin/drain", true);
  }

  private JsonNode send(String path, boolean posts) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token);
    if (posts) {
      request.POST(BodyPublishers.noBody());
    }
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException("the server at " + url + " does not answer", e);
    }
    return switch (answer.statusCode()) {
      case 200, 202 -> json(answer.body());
      case 401 -> throw new IllegalArgumentException("the server refuses the admin token");
      case 404 ->
          throw new IllegalArgumentException(url + " is not an operator port: 404 for " + path);
      case 409 -> throw new IllegalArgumentException("a model is being loaded already");
      default ->
          throw new IllegalArgumentException(
              "%s answered %d: %s".formatted(path, answer.statusCode(), error(answer.body())));
    };
  }

  private JsonNode json(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (JacksonException notJson) {
      throw new IllegalArgumentException(url + " did not answer with JSON", notJson);
    }
  }

  private static String error(String body) {
    try {
      return MAPPER.readTree(body).path("error").asString(body);
    } catch (JacksonException notJson) {
      return body;
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
