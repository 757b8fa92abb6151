package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A headless Chromium with one page, controlled through its debugging protocol. */
final class Browser implements AutoCloseable {
  private static final List<String> PROGRAMS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Messages messages = new Messages();
  private final WebSocket socket;
  private int sent;

  /** Receives the browser's messages. */
  private static final class Messages implements WebSocket.Listener {
    private final StringBuilder part = new StringBuilder();
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket socket, CharSequence text, boolean isLast) {
      part.append(text);
      if (isLast) {
        whole.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }

  private Browser(Process process, Path profile) throws IOException, InterruptedException {
    this.process = process;
    Path portFile = profile.resolve("DevToolsActivePort");
    await("no debugging port", () -> lines(portFile) >= 2);
    String port = Files.readAllLines(portFile).getFirst();
    HttpRequest list =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build();
    JsonNode pages =
        JsonMapper.shared().readTree(client.send(list, BodyHandlers.ofString()).body());
    JsonNode page =
        pages
            .valueStream()
            .filter(p -> p.get("type").asString().equals("page"))
            .findFirst()
            .orElseThrow();
    URI address = URI.create(page.get("webSocketDebuggerUrl").asString());
    this.socket = client.newWebSocketBuilder().buildAsync(address, messages).join();
  }

  /** The browser of this machine, if it has one. */
  static Optional<String> program() {
    return PROGRAMS.stream().filter(program -> Files.isExecutable(Path.of(program))).findFirst();
  }

  /** Opens a page; {@code profile} is an empty folder for the browser's profile. */
  static Browser open(String program, Path profile, String url)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile,
                "--window-size=1400,1000",
                "--remote-debugging-port=0",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Browser browser = new Browser(process, profile);
      var _ = browser.call("Page.navigate", Map.of("url", url));
      browser.await("document.readyState === 'complete' && document.URL !== 'about:blank'");
      return browser;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError failed) {
      process.destroyForcibly();
      throw failed;
    }
  }

  private static int lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static void await(String otherwise, BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!reached.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, otherwise);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** The value of an expression in the page, as text. */
  String value(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", "String(" + expression + ")", "returnByValue", true));
    assertTrue(!answer.has("exceptionDetails"), () -> expression + ": " + answer);
    return answer.get("result").get("value").asString();
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    int id = ++sent;
    Map<String, Object> call = Map.of("id", id, "method", method, "params", parameters);
    socket.sendText(JsonMapper.shared().writeValueAsString(call), true).join();
    return answer(id);
  }

  private JsonNode answer(int id) {
    try {
      String text = messages.whole.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      JsonNode message =
          JsonMapper.shared().readTree(Objects.requireNonNull(text, "the browser does not answer"));
      assertTrue(message.path("id").asInt() == id && message.has("result"), text);
      return message.get("result");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /** Waits until an expression is true. */
  void await(String condition) throws InterruptedException {
    try {
      await(condition, () -> value(condition).equals("true"));
    } catch (AssertionError never) {
      throw new AssertionError(value("document.body.innerText"), never);
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
    // All processes must end before the profile's folder is removed.
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    process.destroy();
    for (ProcessHandle each : all) {
      try {
        each.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException stays) {
        each.destroyForcibly();
      } catch (ExecutionException impossible) {
        throw new AssertionError("the end of a process does not fail", impossible);
      } catch (InterruptedException stopped) {
        each.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
