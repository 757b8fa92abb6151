package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The systemd unit and the Kubernetes manifest match the server. */
class DeployTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "src", "main", "deploy");
  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

  private final Settings settings = Settings.resolve(null, Map.of(), Map.of());

  @TempDir Path folder = Path.of("");

  private int end() {
    return settings.integer(Setting.LAME_DUCK_SECONDS, 0, 3600)
        + settings.integer(Setting.DRAIN_SECONDS, 0, 3600);
  }

  @Test
  void theUnitIsOneThatSystemdTakes() throws Exception {
    assumeTrue(Files.isExecutable(ANALYZE), "no systemd-analyze");
    String text = Files.readString(FOLDER.resolve("phoenix.service"));
    // systemd checks that the launcher exists, so replace its path.
    Path unit = folder.resolve("phoenix.service");
    Files.writeString(unit, text.replace("/opt/phoenix/phoenix", "/bin/sh"));
    Process process =
        new ProcessBuilder(ANALYZE.toString(), "verify", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertEquals(
        List.of(),
        said.lines().filter(line -> line.contains("phoenix.service")).toList(),
        "what systemd says of the unit");
  }

  @Test
  void theUnitWaitsForTheLastRequests() throws Exception {
    String text = Files.readString(FOLDER.resolve("phoenix.service"));
    String timeout =
        text.lines().filter(line -> line.startsWith("TimeoutStopSec=")).findFirst().orElse("");
    assertTrue(Integer.parseInt(timeout.substring("TimeoutStopSec=".length())) > end(), timeout);
  }

  @Test
  void aServerThatEndsItselfIsStartedAgain() throws Exception {
    assertTrue(
        Files.readString(FOLDER.resolve("phoenix.service"))
            .lines()
            .toList()
            .contains("Restart=always"));
  }

  @Test
  void theUnitHasAPlaceForTheLiveFolder() throws Exception {
    String text = Files.readString(FOLDER.resolve("phoenix.service"));
    List<String> lines = text.lines().toList();
    assertTrue(lines.contains("StateDirectory=phoenix"), text);
    String folder = Setting.LIVE_FOLDER.variable() + "=/var/lib/phoenix/";
    assertTrue(lines.stream().anyMatch(line -> line.contains(folder)), text);
  }

  @Test
  void theManifestHasTheServersPortsProbesAndPatience() throws Exception {
    List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> all =
        new YAMLMapper()
            .readerFor(JsonNode.class)
            .readValues(FOLDER.resolve("kubernetes.yaml").toFile())) {
      all.forEachRemaining(documents::add);
    }
    assertEquals(
        List.of("Deployment", "Service"),
        documents.stream().map(each -> each.get("kind").asString()).toList());
    JsonNode pod = documents.getFirst().at("/spec/template/spec");
    assertTrue(pod.get("terminationGracePeriodSeconds").asInt() > end());
    JsonNode container = pod.at("/containers/0");
    assertEquals("Always", pod.get("restartPolicy").asString());
    JsonNode threads = null;
    for (JsonNode variable : container.get("env")) {
      if (variable.get("name").asString().equals(Setting.THREADS.variable())) {
        threads = variable;
      }
    }
    assertEquals(
        "requests.cpu",
        Objects.requireNonNull(threads).at("/valueFrom/resourceFieldRef/resource").asString(),
        "threads are those of the pod, not of the node");
    assertEquals("/readyz", container.at("/readinessProbe/httpGet/path").asString());
    assertEquals("/livez", container.at("/livenessProbe/httpGet/path").asString());
    Set<Integer> ports = new HashSet<>();
    container.get("ports").forEach(port -> ports.add(port.get("containerPort").asInt()));
    assertEquals(
        Set.of(
            settings.integer(Setting.GRPC_PORT, 0, 65535),
            settings.integer(Setting.HTTP_PORT, 0, 65535)),
        ports);
    Set<String> known = new HashSet<>();
    for (Setting setting : Setting.values()) {
      known.add(setting.variable());
    }
    container
        .get("env")
        .forEach(variable -> assertTrue(known.contains(variable.get("name").asString())));
    assertEquals(
        documents.getFirst().at("/spec/selector/matchLabels"),
        documents.get(1).at("/spec/selector"));
  }
}
