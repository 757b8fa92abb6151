package dev.phoenix.serving;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The address that a server listens on, with its TLS files.
 *
 * @param host host name or address
 * @param port the port; 0 for any free one
 * @param certificate PEM file of the certificate chain; null without TLS
 * @param privateKey PEM file of its key; null without TLS
 */
public record Endpoint(
    String host, int port, @Nullable Path certificate, @Nullable Path privateKey) {
  public Endpoint {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: expected 0 to 65535, found " + port);
    }
    if ((certificate == null) != (privateKey == null)) {
      throw new IllegalArgumentException(
          "TLS takes a certificate and a private key; only one of them is given");
    }
  }

  /** The loopback interface, without TLS. */
  public static Endpoint loopback(int port) {
    return new Endpoint("127.0.0.1", port, null, null);
  }
}
