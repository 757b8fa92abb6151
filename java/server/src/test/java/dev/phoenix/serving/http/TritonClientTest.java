package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Triton's own client against both ports, where {@code python3} or the interpreter that the
 * environment variable {@code PHOENIX_TEST_PYTHON} names has the package {@code tritonclient}.
 */
@Timeout(180)
class TritonClientTest {
  private static final String PYTHON =
      System.getenv().getOrDefault("PHOENIX_TEST_PYTHON", "python3");

  @TempDir Path folder;

  private static boolean has(String module) throws InterruptedException {
    try {
      Process python =
          new ProcessBuilder(PYTHON, "-c", "import " + module)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return python.waitFor(60, TimeUnit.SECONDS) && python.exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }

  private void assertRuns(String protocol, int port) throws Exception {
    Path script = folder.resolve("triton_client.py");
    if (!Files.exists(script)) {
      Files.write(script, Resources.read("triton_client.py"));
    }
    Process python =
        new ProcessBuilder(PYTHON, script.toString(), protocol, "127.0.0.1:" + port)
            .redirectErrorStream(true)
            .start();
    String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(python.waitFor(60, TimeUnit.SECONDS), out);
    assertEquals(0, python.exitValue(), out);
    assertTrue(out.contains("done"), out);
  }

  @Test
  void theClientWorksOverHttp() throws Exception {
    assumeTrue(has("tritonclient.http"), "skipped: no tritonclient[http] for " + PYTHON);
    try (DemoWeb demo = DemoWeb.start()) {
      assertRuns("http", demo.users().port());
    }
  }

  @Test
  void theClientWorksOverGrpc() throws Exception {
    assumeTrue(has("tritonclient.grpc"), "skipped: no tritonclient[grpc] for " + PYTHON);
    try (ServingEngine engine = Demo.engine(Demo.options(4, 0), new PrometheusMetrics());
        Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory())) {
      engine.load(Demo.ARTIFACTS);
      GrpcServer.Context context =
          new GrpcServer.Context(
              engine,
              FeedPolicy.DEFAULT,
              new GrpcServer.ReloadAccess(reloader, BearerToken.of(null)),
              () -> true);
      try (GrpcServer server = GrpcServer.start(Endpoint.loopback(0), context)) {
        assertRuns("grpc", server.port());
      }
    }
  }
}
