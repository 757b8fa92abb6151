package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables of the environment that are no settings, or not for the server. */
class EnvironmentCheckTest {
  @ParameterizedTest
  @CsvSource({
    "PHOENIX_BATCHSIZE, PHOENIX_BATCH_SIZE",
    "PHOENIX_QUEUE_LIMTI, PHOENIX_QUEUE_LIMIT",
    "PHOENIX_ADMINTOKEN, PHOENIX_ADMIN_TOKEN",
    "PHOENIX_THREAD, PHOENIX_THREADS",
  })
  void theMostSimilarSettingIsNamed(String name, String nearest) {
    assertEquals(
        List.of(name + " is no setting and is ignored; the most similar one is " + nearest),
        EnvironmentCheck.warnings(Map.of(name, "1")));
  }

  @Test
  void aNameLikeNoSettingIsNamedAlone() {
    assertEquals(
        List.of(
            "PHOENIX_SOMETHING_ELSE is no setting and is ignored; `phoenix serve --print-config`"
                + " lists all"),
        EnvironmentCheck.warnings(Map.of("PHOENIX_SOMETHING_ELSE", "1")));
  }

  @Test
  void settingsAndOtherProgramsVariablesAreNotWarnedOf() {
    Map<String, String> environment =
        Map.of("PHOENIX_BATCH_SIZE", "8", "PHOENIX_JAVA_OPTIONS", "-Xmx1g", "PATH", "/bin");
    assertEquals(List.of(), EnvironmentCheck.warnings(environment));
  }

  /** What Kubernetes sets for a Service called phoenix with one port called http. */
  @Test
  void theLinksOfAServiceShareOneWarning() {
    Map<String, String> links =
        Map.of(
            "PHOENIX_SERVICE_HOST", "10.0.0.1",
            "PHOENIX_SERVICE_PORT", "9090",
            "PHOENIX_SERVICE_PORT_HTTP", "9090",
            "PHOENIX_PORT", "tcp://10.0.0.1:9090",
            "PHOENIX_PORT_9090_TCP", "tcp://10.0.0.1:9090",
            "PHOENIX_PORT_9090_TCP_ADDR", "10.0.0.1",
            "PHOENIX_PORT_9090_TCP_PORT", "9090",
            "PHOENIX_PORT_9090_TCP_PROTO", "tcp");
    List<String> warnings = EnvironmentCheck.warnings(links);
    assertEquals(1, warnings.size(), warnings.toString());
    String warning = warnings.getFirst();
    assertTrue(warning.contains("PHOENIX_PORT_9090_TCP_ADDR"), warning);
    assertTrue(warning.contains("enableServiceLinks: false"), warning);
  }

  @Test
  void aServiceCalledPhoenixGrpcIsOneClearLine() {
    Map<String, String> environment = Map.of("PHOENIX_GRPC_PORT", "tcp://10.0.0.1:9988");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Settings.resolve(null, environment, Map.of()));
    assertEquals(
        "PHOENIX_GRPC_PORT: expected a value of grpc-port, found 'tcp://10.0.0.1:9988', the address"
            + " that Kubernetes gives for a Service; set enableServiceLinks: false in the pod's"
            + " spec",
        refused.getMessage());
  }

  @Test
  void aBadValueIsRefusedWithItsVariable() {
    Settings settings = Settings.resolve(null, Map.of("PHOENIX_BATCH_SIZE", "many"), Map.of());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> ServerConfig.of(settings, Path.of("demo")));
    assertEquals(
        "batch-size (PHOENIX_BATCH_SIZE): expected a whole number from 1 to 4096, found 'many'",
        Objects.requireNonNull(refused.getMessage()));
  }
}
