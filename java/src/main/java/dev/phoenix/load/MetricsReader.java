package dev.phoenix.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads a server's page of metrics. */
public final class MetricsReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final URI address;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  private MetricsReader(URI address) {
    this.address = address;
  }

  /** Of the page at {@code address}, such as {@code http://127.0.0.1:9090/metrics}. */
  public static MetricsReader of(URI address) {
    return new MetricsReader(address);
  }

  /**
   * The page as it is now.
   *
   * @throws IOException where there is none
   */
  public MetricsPage read() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "expected metrics at %s, found status %d".formatted(address, response.statusCode()));
    }
    return MetricsPage.parse(response.body());
  }

  @Override
  public void close() {
    client.close();
  }
}
