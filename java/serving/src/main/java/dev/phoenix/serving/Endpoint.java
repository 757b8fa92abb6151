package dev.phoenix.serving;

/**
 * The address that a server listens on.
 *
 * @param host host name or address
 * @param port the port; 0 for any free one
 */
public record Endpoint(String host, int port) {
  public Endpoint {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: expected 0 to 65535, found " + port);
    }
  }

  /** The loopback interface. */
  public static Endpoint loopback(int port) {
    return new Endpoint("127.0.0.1", port);
  }
}
