package dev.phoenix.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

/** Reads a server's metrics page. */
public final class MetricsReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final URI address;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  private MetricsReader(URI address) {
    this.address = address;
  }

  /**
   * Creates a reader of the page at {@code address}, such as {@code http://127.0.0.1:9090/metrics}.
   */
  public static MetricsReader of(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
      throw new IllegalArgumentException(
          "expected a page of metrics such as http://127.0.0.1:9090/metrics, found " + address);
    }
    return new MetricsReader(address);
  }

  /**
   * Reads the current page.
   *
   * @throws IOException if it cannot be read; the message names the address
   */
  public MetricsPage read() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException failed) {
      // The cause names no address and often has no message.
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
