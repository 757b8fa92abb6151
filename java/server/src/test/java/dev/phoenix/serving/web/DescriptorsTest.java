package dev.phoenix.serving.web;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that may open few files goes on accepting once it has some to spare again. */
@Timeout(120)
class DescriptorsTest {
  private static final int FILES = 256;

  /** The process: a listener without a limit of its own below that of the system. */
  static final class Listening {
    private Listening() {}

    /** Listens until it is killed. */
    public static void main(String[] args) throws InterruptedException {
      WebLimits limits =
          new WebLimits(
              Integer.parseInt(args[0]),
              Integer.parseInt(args[0]),
              Duration.ofMinutes(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(5),
              1);
      try (Echo echo = Echo.start(limits)) {
        System.out.println("port " + echo.listener().port());
        new CountDownLatch(1).await();
      }
    }
  }

  private static Process start(int connections) throws IOException {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "no bash, so no limit of open files can be set");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            bash.toString(),
            "-c",
            "ulimit -n %d && exec \"$0\" -Xmx128m -cp \"$1\" '%s' %d"
                .formatted(FILES, Listening.class.getName(), connections),
            java,
            classPath())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** What the process needs; every further archive would be an open file. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith(".jar") || entry.contains("netty"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static int port(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("port ")) {
        return Integer.parseInt(line.substring("port ".length()));
      }
    }
    throw new AssertionError("the process has ended");
  }

  private static String hello(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      String request = "GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Socket> idle(int port, int count) throws IOException {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      idle.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }
    return idle;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void acceptingGoesOnAfterTheFilesRanOut() throws IOException {
    Process process = start(4000);
    try {
      int port = port(process);
      List<Socket> idle = idle(port, FILES + 44);
      close(idle);
      String answer = hello(port);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The default limit keeps half of the files for the server itself. */
  @Test
  void idleConnectionsDoNotKeepOthersOut() throws IOException {
    Process process = start(0);
    try {
      int port = port(process);
      List<Socket> idle = idle(port, FILES + 44);
      String answer = hello(port);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      close(idle);
    } finally {
      process.destroyForcibly();
    }
  }
}
