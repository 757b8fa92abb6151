package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import dev.phoenix.serving.metrics.GpuFacts;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Metrics, alerts and the dashboard, against the page of a server that has answered requests. */
@Timeout(300)
class MonitoringTest {
  private static final Path CHART =
      Path.of(System.getProperty("basedir", "."), "src/main/deploy/helm/phoenix/files");
  private static final Path ALERTS = CHART.resolve("alerts.yaml");

  /** Names that dashboards of Triton and of the production recommender dictate. */
  private static final Pattern DICTATED = Pattern.compile("(nv_inference|recsys_engine)_.*");

  private static final Pattern ABBREVIATED_UNIT =
      Pattern.compile(".*_(ms|us|ns|sec|secs|mib|kb)(_.*)?");

  @TempDir static Path folder = Path.of("");
  private static String text = "";
  private static MetricPage page = MetricPage.parse("");

  @BeforeAll
  static void serve() throws Exception {
    Map<Setting, String> settings =
        Map.of(
            Setting.LIVE_FOLDER, folder.resolve("live").toString(),
            Setting.KAFKA_BOOTSTRAP, "127.0.0.1:1",
            Setting.KAFKA_TOPIC, "posts",
            Setting.KAFKA_READY_AT_START, "false");
    try (PhoenixServer server = ServerSurfaceTest.start(settings);
        HttpClient http = HttpClient.newHttpClient()) {
      server.load();
      PrometheusMetrics metrics = PrometheusMetrics.of(server.engine());
      metrics.gpu(new GpuFacts("cuda", "a GPU", "9.0", 1L << 30, () -> 1L << 20));
      // The second finds the history of the first.
      String example = Files.readString(Demo.ARTIFACTS.sequence());
      assertEquals(200, post(http, server, example));
      assertEquals(200, post(http, server, example));
      assertEquals(400, post(http, server, "{"));
      assertTrue(get(http, server, "/no/such/path").startsWith("404 "));
      Await.until("two batches", () -> metrics.batches()[0] == 2);
      // The figures of pauses begin with the first one.
      System.gc();
      Await.until("a pause", () -> metrics.scrape().contains("jvm_gc_pause_seconds_sum"));
      String answer = get(http, server, "/metrics");
      assertTrue(answer.startsWith("200 "), answer);
      text = answer.substring("200 ".length());
    }
    page = MetricPage.parse(text);
  }

  private static int post(HttpClient http, PhoenixServer server, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + "/v1/recommend");
    HttpRequest request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static String get(HttpClient http, PhoenixServer server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + path);
    var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  @Test
  void everyMetricHasHelpAndItsOwnNamesFollowPrometheus() {
    List<String> wrong = new ArrayList<>();
    page.families()
        .forEach(
            (name, family) -> {
              if (family.help().isBlank()) {
                wrong.add(name + " has no help text");
              }
              if (DICTATED.matcher(name).matches()) {
                return;
              }
              if (family.type().equals("counter") != name.endsWith("_total")
                  && !family.type().equals("untyped")) {
                wrong.add(name + " is a " + family.type());
              }
              if (ABBREVIATED_UNIT.matcher(name).matches()) {
                wrong.add(name + " abbreviates a unit");
              }
              if (name.startsWith("phoenix_") && family.type().equals("untyped")) {
                wrong.add(name + " has no type");
              }
              if (name.endsWith("_count") || name.endsWith("_sum") || name.endsWith("_bucket")) {
                wrong.add(name + " ends as a part of a histogram");
              }
            });
    assertEquals(List.of(), wrong);
  }

  @Test
  void whatRunsIsTold() {
    for (String line :
        List.of(
            "phoenix_build_info\\{java=\"[^\"]+\",version=\"[^\"]+\"} 1",
            "phoenix_model_info\\{backend=\"cpu\",model=\"demo\",precision=\"float32\",ranker=\"true\",version=\"1\"}"
                + " 1",
            "phoenix_gpu_info\\{backend=\"cuda\",compute_capability=\"9.0\",name=\"a GPU\"} 1",
            "phoenix_ready 1\\.0",
            "phoenix_last_load_success 1\\.0",
            "phoenix_last_load_timestamp_seconds [1-9].*",
            "phoenix_http_requests_total\\{code=\"200\",method=\"POST\",route=\"/v1/recommend\"}"
                + " 2\\.0",
            "phoenix_http_requests_total\\{code=\"400\",method=\"POST\",route=\"/v1/recommend\"}"
                + " 1\\.0",
            "phoenix_http_requests_total\\{code=\"404\",method=\"GET\",route=\"none\"} 1\\.0",
            "phoenix_ingestion_changes_total 0\\.0",
            "nv_inference_request_success\\{model=\"demo\",version=\"1\"} 2\\.0",
            "nv_inference_request_failure\\{model=\"demo\",reason=\"invalid\",version=\"1\"} 1\\.0",
            "nv_inference_pending_request_count\\{model=\"demo\",version=\"1\"} 0\\.0")) {
      assertTrue(Pattern.compile("(?m)^" + line + "$").matcher(text).find(), line + "\n" + text);
    }
    assertFalse(text.contains("version=\"\""), "series of no model");
  }

  @Test
  void promtoolFindsNothingInNamesOfOurChoice() throws Exception {
    Path file = Files.writeString(folder.resolve("metrics.txt"), text);
    Promtool found = Promtool.run(file, "check", "metrics");
    List<String> ours =
        found
            .said()
            .lines()
            .filter(line -> !DICTATED.matcher(line.split(" ", 2)[0]).matches())
            .toList();
    assertEquals(List.of(), ours);
  }

  @Test
  void theDashboardAsksForMetricsAndLabelsThatThereAre() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (String query : dashboardQueries()) {
      wrong.addAll(page.unknownIn(query));
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void theAlertsAskForMetricsAndLabelsThatThereAre() throws IOException {
    Set<String> recorded = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    for (JsonNode rule : rules()) {
      if (rule.has("record")) {
        recorded.add(rule.path("record").asString());
      }
      wrong.addAll(page.unknownIn(rule.path("expr").asString()));
    }
    wrong.removeIf(each -> recorded.stream().anyMatch(each::startsWith));
    assertEquals(List.of(), wrong);
  }

  /** Evaluates each query by promtool over five minutes in which every series of the page grows. */
  @Test
  void everyQueryOfTheDashboardHasAResult() throws Exception {
    StringBuilder test = new StringBuilder("evaluation_interval: 15s\ntests:\n  - interval: 15s\n");
    test.append("    input_series:\n");
    for (String sample : page.samples()) {
      test.append("      - series: ").append(JsonMapper.shared().writeValueAsString(sample));
      test.append("\n        values: '1+1x40'\n");
    }
    test.append("    promql_expr_test:\n");
    for (String query : dashboardQueries()) {
      String counted = "count(" + query + ") > bool 0";
      test.append("      - expr: ").append(JsonMapper.shared().writeValueAsString(counted));
      test.append("\n        eval_time: 5m\n        exp_samples:\n");
      test.append("          - {labels: '{}', value: 1}\n");
    }
    Path file = Files.writeString(folder.resolve("dashboard_test.yaml"), test);
    Promtool found = Promtool.run(file, "test", "rules", file.toString());
    assertEquals(0, found.exitCode(), found.said());
  }

  @Test
  void promtoolTakesTheRules() throws Exception {
    Promtool found = Promtool.run(ALERTS, "check", "rules", "--lint-fatal", ALERTS.toString());
    assertEquals(0, found.exitCode(), found.said());
  }

  /** Each alert fires where it should, and none fires in the quiet before. */
  @Test
  void everyAlertFires() throws Exception {
    Path source = Path.of(System.getProperty("basedir", "."), "src/test/resources/prometheus");
    Path tests = source.resolve("alerts_test.yaml");
    Set<String> tested = new TreeSet<>();
    for (JsonNode test : new YAMLMapper().readTree(tests.toFile()).path("tests")) {
      for (JsonNode each : test.path("alert_rule_test")) {
        if (!each.path("exp_alerts").isEmpty()) {
          tested.add(each.path("alertname").asString());
        }
      }
    }
    assertEquals(alertNames(), tested, "alerts that a case makes fire");
    Files.copy(ALERTS, folder.resolve("alerts.yaml"));
    Path copy = Files.copy(tests, folder.resolve("alerts_test.yaml"));
    Promtool found = Promtool.run(copy, "test", "rules", copy.toString());
    assertEquals(0, found.exitCode(), found.said());
  }

  @Test
  void everyAlertHasItsParagraphInTheRunbook() throws IOException {
    String runbook = Files.readString(RepositoryFiles.path("docs/operations.md"));
    Set<String> described = new TreeSet<>();
    Pattern.compile("(?m)^\\*\\*(Phoenix\\w+)\\*\\*")
        .matcher(runbook)
        .results()
        .forEach(found -> described.add(found.group(1)));
    assertEquals(alertNames(), described, "alerts with a paragraph in docs/operations.md");
  }

  private static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    JsonNode file = new YAMLMapper().readTree(Files.readString(ALERTS));
    for (JsonNode group : file.path("groups")) {
      group.path("rules").forEach(rules::add);
    }
    assertFalse(rules.isEmpty(), "no rules");
    return rules;
  }

  private static Set<String> alertNames() throws IOException {
    Set<String> names = new TreeSet<>();
    for (JsonNode rule : rules()) {
      if (rule.has("alert")) {
        names.add(rule.path("alert").asString());
      }
    }
    return names;
  }

  private static List<String> dashboardQueries() throws IOException {
    List<String> queries = new ArrayList<>();
    JsonNode dashboard =
        JsonMapper.shared().readTree(Files.readString(CHART.resolve("dashboard.json")));
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            target
                .path("expr")
                .asString()
                .replace("$__rate_interval", "5m")
                .replace("$instance", ".*"));
      }
    }
    assertFalse(queries.isEmpty(), "no queries");
    return queries;
  }
}
