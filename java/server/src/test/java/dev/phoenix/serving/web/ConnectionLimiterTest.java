package dev.phoenix.serving.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of connections and of the time that each may take, with real sockets. */
@Timeout(120)
class ConnectionLimiterTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void idleConnectionsMakeRoomForNewOnes() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (Echo echo = Echo.start(Echo.limits(20, 20, LONG))) {
      for (int i = 0; i < 100; i++) {
        idle.add(echo.connect());
      }
      String answer = echo.all(HELLO);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertTrue(echo.listener().connections() <= 20);
      assertTrue(echo.listener().refusedConnections() >= 80);
      assertEquals("", readAll(idle.getFirst()), "the oldest is closed without a word");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void connectionsWithARequestAreNotClosedForOthers() throws Exception {
    try (Echo echo = Echo.start(Echo.limits(10, 2, LONG));
        Socket first = echo.connect();
        Socket second = echo.connect()) {
      for (Socket busy : List.of(first, second)) {
        send(
            busy,
            "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhe");
      }
      Await.until(
          "both requests have begun",
          () -> echo.listener().connections() == 2 && echo.listener().runningRequests() == 2);
      try (Socket third = echo.connect()) {
        assertEquals("", readAll(third), "the limit of an address");
      }
      for (Socket busy : List.of(first, second)) {
        send(busy, "llo");
        assertTrue(readAll(busy).endsWith("hello"));
      }
      Await.until("there is room again", () -> echo.listener().connections() == 0);
      assertTrue(echo.all(HELLO).startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void slowHeadsAndBodiesAreCutAndSilentConnectionsClosed() throws Exception {
    try (Echo echo = Echo.start(Echo.limits(10, 10, SHORT))) {
      assertEquals("", echo.all(""));
      String head = echo.all("GET /hello HTTP/1.1\r\nHost");
      assertTrue(head.startsWith("HTTP/1.1 408"), head);
      String body = echo.all("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
      assertTrue(body.startsWith("HTTP/1.1 408"), body);
      try (Socket second = echo.connect()) {
        send(second, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.1\r\n");
        String both = readAll(second);
        assertTrue(both.startsWith("HTTP/1.1 200"), both);
      }
      assertTrue(echo.all(HELLO).startsWith("HTTP/1.1 200"));
    }
  }

  /** A byte now and then keeps a connection busy, which no limit of idleness cuts. */
  @Test
  void aBodyBelowTheLeastRateIsCut() throws Exception {
    WebLimits limits = new WebLimits(10, 10, LONG, LONG, LONG, 1 << 20);
    try (Echo echo = Echo.start(limits);
        Socket slow = echo.connect()) {
      send(slow, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n");
      Thread drip = Thread.ofVirtual().start(() -> drip(slow));
      String answer = readAll(slow);
      drip.interrupt();
      assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
    }
  }

  private static void drip(Socket slow) {
    try {
      for (int i = 0; i < 1000; i++) {
        send(slow, "x");
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException cut) {
      // As it should be.
    }
  }

  @Test
  void largeBodiesAreTaken() throws Exception {
    byte[] large = new byte[16 << 20];
    try (Echo echo = Echo.start();
        Socket socket = echo.connect()) {
      send(
          socket,
          "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
              .formatted(large.length));
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      socket.getOutputStream().write(large);
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      byte[] answer = socket.getInputStream().readAllBytes();
      sender.join();
      assertTrue(answer.length > large.length, "found " + answer.length);
    }
  }
}
