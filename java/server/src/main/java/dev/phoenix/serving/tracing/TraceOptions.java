package dev.phoenix.serving.tracing;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where traces go, and how many.
 *
 * @param endpoint of a collector, OTLP over HTTP
 * @param share of the calls that are sampled where the caller does not say, from 0 to 1
 */
public record TraceOptions(URI endpoint, double share) {
  /**
   * Options of text.
   *
   * @throws IllegalArgumentException if {@code endpoint} is no URL of a collector
   */
  public static TraceOptions of(String endpoint, double share) {
    try {
      URI url = new URI(endpoint);
      if (isCollector(url)) {
        return new TraceOptions(url, share);
      }
    } catch (URISyntaxException _) {
      // Refused below, like any other text that is no such URL.
    }
    throw new IllegalArgumentException(
        "traces: expected off or a collector's URL such as http://127.0.0.1:4318/v1/traces, found '"
            + endpoint
            + "'");
  }

  /** A login in it would be printed; a port alone is where a collector listens, not what it is. */
  private static boolean isCollector(URI url) {
    return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawFragment() == null
        && url.getPort() <= 65535
        && !url.getRawPath().isEmpty();
  }
}
