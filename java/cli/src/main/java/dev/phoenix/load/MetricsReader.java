package dev.phoenix.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

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
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
      throw new IllegalArgumentException(
          "expected a page of metrics such as http://127.0.0.1:9090/metrics, found " + address);
    }
    return new MetricsReader(address);
  }

  /**
   * The page as it is now.
   *
   * @throws IOException where there is none, naming the address
   */
  public MetricsPage read() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException failed) {
      // Of itself it names no address, and often says nothing at all.
      throw new IOException("cannot read metrics at " + address, failed);
    }
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
