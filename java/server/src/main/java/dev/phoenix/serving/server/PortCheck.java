package dev.phoenix.serving.server;

import dev.phoenix.serving.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Checks before anything is loaded that the server can listen on its ports. The libraries that
 * listen do not name the setting, and gRPC not the reason.
 */
final class PortCheck {
  private PortCheck() {}

  /**
   * Listens on all of {@code endpoints} for a moment.
   *
   * @param endpoints by the keys of their settings
   * @throws UncheckedIOException naming the setting, the address and the reason
   */
  static void check(Map<Setting, Endpoint> endpoints) {
    List<ServerSocket> listening = new ArrayList<>();
    try {
      for (Map.Entry<Setting, Endpoint> each : endpoints.entrySet()) {
        listening.add(listen(each.getKey(), each.getValue()));
      }
    } finally {
      for (ServerSocket socket : listening) {
        close(socket);
      }
    }
  }

  private static ServerSocket listen(Setting setting, Endpoint endpoint) {
    InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
    try {
      if (address.isUnresolved()) {
        throw new IOException("the name is not known");
      }
      ServerSocket socket = new ServerSocket();
      try {
        socket.bind(address);
      } catch (IOException refused) {
        socket.close();
        throw refused;
      }
      return socket;
    } catch (IOException refused) {
      throw new UncheckedIOException(
          "%s: cannot listen on %s port %d: %s"
              .formatted(setting.key(), endpoint.host(), endpoint.port(), refused.getMessage()),
          refused);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException failed) {
      throw new UncheckedIOException("a port that was checked cannot be closed", failed);
    }
  }
}
