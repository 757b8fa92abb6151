package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The operator's port: status, reload, drain. */
@Timeout(180)
class OperationTest {
  private static final String TOKEN = "correct-horse-battery";

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder = Path.of("");

  private HttpResponse<String> send(PhoenixServer server, String method, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
            .header("Authorization", "Bearer " + TOKEN)
            .method(method, BodyPublishers.noBody())
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private JsonNode status(PhoenixServer server) throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(send(server, "GET", "/admin/status").body());
  }

  private JsonNode afterLoad(PhoenixServer server) throws Exception {
    Await.until("no load runs", () -> !server.isLoading());
    return status(server);
  }

  private PhoenixServer start(Path artifacts) {
    return ServerSurfaceTest.start(
        Map.of(
            Setting.ARTIFACTS, artifacts.toString(),
            Setting.BATCH_SIZE, "4",
            Setting.LAME_DUCK_SECONDS, "0"));
  }

  @Test
  void theStatusTellsHowEachLoadEnded() throws Exception {
    Path model = Demo.copy(Files.createDirectories(folder.resolve("models/one"))).directory();
    try (PhoenixServer server = start(model)) {
      JsonNode before = status(server);
      assertFalse(before.path("ready").asBoolean(true));
      assertTrue(before.path("last_load").isMissingNode());
      Instant begin = Instant.now();
      server.load();
      JsonNode loaded = status(server);
      assertTrue(loaded.path("ready").asBoolean(false));
      assertFalse(loaded.path("load_in_progress").asBoolean(true));
      assertTrue(loaded.at("/last_load/succeeded").asBoolean(false));
      assertEquals("one", loaded.at("/last_load/model").asString());
      assertEquals("1", loaded.at("/last_load/version").asString());
      Instant ended = Instant.parse(loaded.at("/last_load/ended").asString());
      assertTrue(Duration.between(begin, ended).compareTo(Duration.ofMinutes(3)) < 0);

      Files.writeString(model.resolve("ranker/config.json"), "{");
      server.reload();
      JsonNode failed = afterLoad(server);
      assertTrue(failed.path("ready").asBoolean(false), "the model of before serves on");
      assertFalse(failed.at("/last_load/succeeded").asBoolean(true));
      assertTrue(failed.at("/last_load/failure").asString().contains("config.json"));
      String page = PrometheusMetrics.of(server.engine()).scrape();
      assertTrue(page.contains("phoenix_last_load_success 0.0"), page);
      assertTrue(page.contains("checkpoint_reload_failure 1.0"), page);

      Files.copy(
          Demo.ARTIFACTS.directory().resolve("ranker/config.json"),
          model.resolve("ranker/config.json"),
          StandardCopyOption.REPLACE_EXISTING);
      assertEquals(202, send(server, "POST", "/admin/reload").statusCode());
      JsonNode again = afterLoad(server);
      assertEquals("2", again.at("/last_load/version").asString(), again.toString());
      page = PrometheusMetrics.of(server.engine()).scrape();
      assertTrue(page.contains("phoenix_last_load_success 1.0"), page);
      assertTrue(page.contains("nv_inference_count{model=\"one\",version=\"2\"} 0.0"), page);
      assertFalse(page.contains("version=\"1\""), page);
    } finally {
      http.close();
    }
  }

  /** The reason of a failed load may have paths of the server. */
  @Test
  void thePublicPageDoesNotTellThem() throws Exception {
    try (PhoenixServer server = start(folder.resolve("none"))) {
      server.reload();
      JsonNode failed = afterLoad(server);
      assertTrue(failed.at("/last_load/failure").asString().contains("none"), failed.toString());
      URI live = URI.create("http://127.0.0.1:" + server.httpPort() + "/v1/live");
      String shown =
          http.send(HttpRequest.newBuilder(live).build(), BodyHandlers.ofString()).body();
      assertFalse(shown.contains("last_load"), shown);
    } finally {
      http.close();
    }
  }

  @Test
  void aDrainEndsTheWaitOfTheProcess() throws Exception {
    try (PhoenixServer server = start(Demo.ARTIFACTS.directory())) {
      CompletableFuture<Void> ended = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      server.awaitDrainRequest();
                      ended.complete(null);
                    } catch (InterruptedException stopped) {
                      ended.completeExceptionally(stopped);
                    }
                  });
      assertFalse(ended.isDone());
      assertEquals(202, send(server, "POST", "/admin/drain").statusCode());
      ended.get(60, TimeUnit.SECONDS);
      waiting.join();
      assertTrue(server.stop(), "nothing was in flight");
    } finally {
      http.close();
    }
  }
}
