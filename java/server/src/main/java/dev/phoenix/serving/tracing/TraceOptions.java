package dev.phoenix.serving.tracing;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The options of tracing.
 *
 * @param endpoint the URL of a collector, OTLP over HTTP
 * @param share the sampled share of calls whose callers do not decide, from 0 to 1
 */
public record TraceOptions(URI endpoint, double share) {
  /**
   * Parses options.
   *
   * @throws IllegalArgumentException if {@code endpoint} is not a collector's URL
   */
  public static TraceOptions of(String endpoint, double share) {
    try {
      URI url = new URI(endpoint);
      if (isCollector(url)) {
        return new TraceOptions(url, share);
      }
    } catch (URISyntaxException _) {
      // Refused below, like any other text that is not a collector's URL.
    }
    throw new IllegalArgumentException(
        "traces: expected off or a collector's URL such as http://127.0.0.1:4318/v1/traces, found '"
            + endpoint
            + "'");
  }

  /** Refuses a URL with user info, which would be printed, or without a path. */
  private static boolean isCollector(URI url) {
    return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawFragment() == null
        && url.getPort() <= 65535
        && !url.getRawPath().isEmpty();
  }
}
