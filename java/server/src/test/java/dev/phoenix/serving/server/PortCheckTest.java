package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.serving.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ports and addresses that the server cannot listen on. */
class PortCheckTest {
  private static String refusal(Endpoint endpoint) {
    UncheckedIOException refused =
        assertThrows(
            UncheckedIOException.class, () -> PortCheck.check(Map.of(Setting.HTTP_PORT, endpoint)));
    return String.valueOf(refused.getMessage());
  }

  @Test
  void aBusyPortIsNamedWithTheReason() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertEquals(
          "http-port: cannot listen on 127.0.0.1 port " + port + ": Address already in use",
          refusal(Endpoint.loopback(port)));
    }
  }

  /** 192.0.2.0/24 is for documentation; no machine has an address of it. */
  @Test
  void anAddressOfAnotherMachineIsRefused() {
    assertEquals(
        "http-port: cannot listen on 192.0.2.1 port 0: Cannot assign requested address",
        refusal(new Endpoint("192.0.2.1", 0)));
  }

  @Test
  void aNameThatIsNotKnownIsRefused() {
    assertEquals(
        "http-port: cannot listen on no-such-host.invalid port 0: the name is not known",
        refusal(new Endpoint("no-such-host.invalid", 0)));
  }

  @Test
  void freePortsAreFreeAfterwards() throws IOException {
    int port;
    try (ServerSocket found = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = found.getLocalPort();
    }
    PortCheck.check(Map.of(Setting.HTTP_PORT, Endpoint.loopback(port)));
    try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertEquals(port, again.getLocalPort());
    }
  }
}
