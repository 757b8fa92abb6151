package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.phoenix.testing.RepositoryFiles;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The Helm chart and the KServe runtime: linted, rendered, and read as Kubernetes reads them. */
class ChartTest {
  private static final Path DEPLOY =
      Path.of(System.getProperty("basedir", "."), "src", "main", "deploy");
  private static final Path CHART = DEPLOY.resolve("helm/phoenix");

  private static final Map<String, Object> ALL =
      Map.ofEntries(
          Map.entry("gpu.limit", 1),
          Map.entry("heap.percentage", 40),
          Map.entry("models.existingClaim", "models"),
          Map.entry("live.existingClaim", "posts"),
          Map.entry("admin.token", "correct-horse-battery"),
          Map.entry("tls.existingSecret", "phoenix-tls"),
          Map.entry("autoscaling.enabled", true),
          Map.entry("serviceMonitor.enabled", true),
          Map.entry("prometheusRule.enabled", true),
          Map.entry("dashboard.enabled", true));

  /** The library of Helm is there for the platforms of its project. */
  @BeforeAll
  static void helmRunsHere() {
    String system = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
    assumeTrue(system.matches("(Linux|Mac OS X|Windows.*) (amd64|x86_64|aarch64)"), system);
  }

  private static List<JsonNode> rendered(Map<String, Object> values) {
    TemplateCommand template =
        new Helm(CHART).template().withName("shop").withNamespace("prod").withKubeVersion("1.30.0");
    values.forEach(template::set);
    return KubernetesCheck.read(template.call());
  }

  private static JsonNode kind(List<JsonNode> documents, String kind) {
    return documents.stream()
        .filter(each -> each.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind));
  }

  private static Set<String> kinds(List<JsonNode> documents) {
    Set<String> kinds = new TreeSet<>();
    documents.forEach(each -> kinds.add(each.path("kind").asString()));
    return kinds;
  }

  private static JsonNode container(List<JsonNode> documents) {
    return kind(documents, "Deployment").at("/spec/template/spec/containers/0");
  }

  private static String variable(JsonNode container, String name) {
    for (JsonNode each : container.path("env")) {
      if (each.path("name").asString().equals(name)) {
        return each.path("value").asString("(from elsewhere)");
      }
    }
    return "(none)";
  }

  /** Checks that the server takes the cores that its pod asks for, not those of the node. */
  private static void assertThreadsAreThePods(JsonNode container) {
    List<String> sources = new ArrayList<>();
    for (JsonNode each : container.path("env")) {
      if (each.path("name").asString().equals(Setting.THREADS.variable())) {
        sources.add(each.at("/valueFrom/resourceFieldRef/resource").asString(""));
      }
    }
    assertEquals(List.of("requests.cpu"), sources);
  }

  @Test
  void aSettingOfTheThreadsReplacesThePodsCores() {
    JsonNode container = container(rendered(Map.of("settings.PHOENIX_THREADS", "3")));
    assertEquals("3", variable(container, "PHOENIX_THREADS"));
  }

  @Test
  void theChartHasNoFault() {
    LintResult lint = new Helm(CHART).lint().strict().call();
    assertFalse(lint.isFailed(), lint.getMessages().toString());
  }

  @Test
  void asItComesItServesTheDemoOnCpus() {
    List<JsonNode> documents = rendered(Map.of());
    assertEquals(Set.of("Deployment", "PodDisruptionBudget", "Service"), kinds(documents));
    JsonNode pod = kind(documents, "Deployment").at("/spec/template/spec");
    assertFalse(pod.path("enableServiceLinks").asBoolean(true));
    assertEquals(65532, pod.at("/securityContext/runAsUser").asInt());
    JsonNode container = container(documents);
    assertEquals("phoenix:0.1.0", container.path("image").asString());
    assertTrue(container.at("/securityContext/readOnlyRootFilesystem").asBoolean(false));
    assertEquals("/readyz", container.at("/readinessProbe/httpGet/path").asString());
    assertEquals("/livez", container.at("/livenessProbe/httpGet/path").asString());
    assertEquals("(none)", variable(container, "PHOENIX_ARTIFACTS"));
    assertThreadsAreThePods(container);
    int grace = pod.path("terminationGracePeriodSeconds").asInt();
    Settings settings = Settings.resolve(null, Map.of(), Map.of());
    assertTrue(
        grace
            > settings.integer(Setting.LAME_DUCK_SECONDS, 0, 3600)
                + settings.integer(Setting.DRAIN_SECONDS, 0, 3600));
    assertEquals("(none)", variable(container, "PHOENIX_ADMIN_PORT"), "off without a token");
    assertEquals(
        kind(documents, "Deployment").at("/spec/selector/matchLabels"),
        kind(documents, "Service").at("/spec/selector"));
  }

  @Test
  void withEverythingOnAllPartsAreThere() {
    List<JsonNode> documents = rendered(ALL);
    assertEquals(
        Set.of(
            "ConfigMap",
            "Deployment",
            "HorizontalPodAutoscaler",
            "PodDisruptionBudget",
            "PrometheusRule",
            "Secret",
            "Service",
            "ServiceMonitor"),
        kinds(documents));
    JsonNode container = container(documents);
    assertEquals("phoenix:0.1.0-cuda", container.path("image").asString());
    assertEquals(1, container.at("/resources/limits/nvidia.com~1gpu").asInt());
    assertTrue(container.path("command").toString().contains("-XX:MaxRAMPercentage=40"));
    assertEquals("cuda", variable(container, "PHOENIX_BACKEND"));
    assertEquals("/models/current", variable(container, "PHOENIX_ARTIFACTS"));
    assertEquals("(from elsewhere)", variable(container, "PHOENIX_ADMIN_TOKEN"));
    assertEquals("/tls/tls.crt", variable(container, "PHOENIX_TLS_CERTIFICATE"));
    assertEquals("HTTPS", container.at("/readinessProbe/httpGet/scheme").asString());
    assertEquals(
        "correct-horse-battery",
        new String(
            Base64.getDecoder().decode(kind(documents, "Secret").at("/data/token").asString()),
            StandardCharsets.UTF_8));
    assertTrue(kind(documents, "Deployment").at("/spec/replicas").isMissingNode());
    JsonNode metric = kind(documents, "HorizontalPodAutoscaler").at("/spec/metrics/0/pods");
    assertEquals("phoenix_queue_time_p99_seconds", metric.at("/metric/name").asString());
    assertEquals("100m", metric.at("/target/averageValue").asString());
  }

  /** The command is the image's own, with the heap's share. */
  @Test
  void theCommandIsTheImagesEntryPoint() throws IOException {
    String pom = Files.readString(RepositoryFiles.path("java/cli/pom.xml"));
    String entry = pom.substring(pom.indexOf("<entrypoint>"), pom.indexOf("</entrypoint>"));
    List<String> words =
        Pattern.compile("<argument>(.*)</argument>")
            .matcher(entry)
            .results()
            .map(found -> found.group(1))
            .toList();
    List<String> command = new ArrayList<>();
    container(rendered(Map.of())).path("command").forEach(word -> command.add(word.asString()));
    assertTrue(command.remove("-XX:MaxRAMPercentage=50"), command.toString());
    assertEquals(words, command);
    String options = Files.readString(DEPLOY.resolve("image/app/jvm.options"));
    assertTrue(options.contains("-XX:+ExitOnOutOfMemoryError"), options);
  }

  @Test
  void aTokenMayComeFromASecretThatThereIs() {
    List<JsonNode> documents = rendered(Map.of("admin.existingSecret", "token-of-phoenix"));
    assertFalse(kinds(documents).contains("Secret"));
    String secret = "token-of-phoenix";
    boolean named = false;
    for (JsonNode each : container(documents).path("env")) {
      named |= each.at("/valueFrom/secretKeyRef/name").asString("").equals(secret);
    }
    assertTrue(named, "no variable from " + secret);
  }

  @Test
  void theRulesAndTheDashboardArriveAsTheyAre() throws IOException {
    List<JsonNode> documents = rendered(ALL);
    List<JsonNode> rules =
        KubernetesCheck.readAny(Files.readString(CHART.resolve("files/alerts.yaml")));
    assertEquals(
        rules.getFirst().path("groups"), kind(documents, "PrometheusRule").at("/spec/groups"));
    assertEquals(
        Files.readString(CHART.resolve("files/dashboard.json")).strip(),
        kind(documents, "ConfigMap").path("data").path("phoenix.json").asString().strip());
  }

  @Test
  void everyVariableIsASetting() {
    Set<String> known = new HashSet<>();
    for (Setting setting : Setting.values()) {
      known.add(setting.variable());
    }
    Set<String> unknown = new TreeSet<>();
    for (JsonNode each : container(rendered(ALL)).path("env")) {
      unknown.add(each.path("name").asString());
    }
    unknown.removeAll(known);
    assertEquals(Set.of(), unknown);
  }

  @Test
  void misspeltValuesAreRefused() {
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of("gpu.limits", 1),
            Map.of("heap.percentage", 120),
            Map.of("admin.token", "short"),
            Map.of("settings.BATCH_SIZE", "8"))) {
      RuntimeException refused = assertThrows(RuntimeException.class, () -> rendered(wrong));
      assertTrue(String.valueOf(refused.getMessage()).contains("schema"), wrong + ": " + refused);
    }
  }

  @Test
  void aKeyThatKubernetesDoesNotHaveIsFound() {
    String wrong =
        """
        apiVersion: apps/v1
        kind: Deployment
        spec:
          template:
            spec:
              enableServiceLink: false
        """;
    JacksonException found =
        assertThrows(JacksonException.class, () -> KubernetesCheck.read(wrong));
    assertTrue(String.valueOf(found.getMessage()).contains("enableServiceLink"));
  }

  @Test
  void theKserveRuntimeIsOneThatTheServerSuits() throws IOException {
    List<JsonNode> documents =
        KubernetesCheck.read(Files.readString(DEPLOY.resolve("kserve/serving-runtime.yaml")));
    assertEquals(Set.of("InferenceService", "ServingRuntime"), kinds(documents));
    JsonNode runtime = kind(documents, "ServingRuntime");
    JsonNode container = runtime.at("/spec/containers/0");
    Container read = KubernetesCheck.require(container, Container.class);
    assertEquals("kserve-container", read.getName(), "the name that KServe looks for");
    assertEquals("8080", variable(container, "PHOENIX_HTTP_PORT"));
    assertEquals(8080, container.at("/ports/0/containerPort").asInt());
    assertEquals("/mnt/models", variable(container, "PHOENIX_ARTIFACTS"));
    assertThreadsAreThePods(container);
    assertEquals(
        runtime.at("/spec/supportedModelFormats/0/name"),
        kind(documents, "InferenceService").at("/spec/predictor/model/modelFormat/name"));
  }
}
