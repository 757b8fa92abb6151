package dev.phoenix.serving.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A listener whose {@code POST /echo} sends the body back and whose {@code GET /hello} greets. */
final class Echo implements AutoCloseable {
  private final WebListener listener;

  private Echo(WebLimits limits) {
    Routes routes = new Routes(Echo::bytes);
    routes.get("/hello", (_, response) -> response.send(bytes("hello")), "name");
    routes.post("/echo", Echo::echo);
    routes.get(
        "/things/{thing}",
        (request, response) -> response.send(bytes(request.pathParameter("thing"))));
    listener =
        WebListener.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new WebListener.Options(routes, Echo::bytes, limits, null, () -> {}));
  }

  static Echo start() {
    return start(WebLimits.DEFAULT);
  }

  static Echo start(WebLimits limits) {
    return new Echo(limits);
  }

  /** Limits of connections with short times. */
  static WebLimits limits(int connections, int perAddress, Duration time) {
    return new WebLimits(connections, perAddress, time, time, time, 1024);
  }

  private static void echo(ServerRequest request, ServerResponse response) {
    try {
      response.send(request.body().readAllBytes());
    } catch (BrokenBodyException broken) {
      response.status(400);
      response.send(bytes(String.valueOf(broken.getMessage())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  WebListener listener() {
    return listener;
  }

  /** A connection to it. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Everything that comes back for {@code text} until the connection ends. */
  String all(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    listener.close();
  }
}
