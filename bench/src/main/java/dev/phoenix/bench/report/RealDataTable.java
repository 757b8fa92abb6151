package dev.phoenix.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A table of retrieval on real data: for the newest report of every data set that {@code
 * bench/training/real-data.sh} wrote, the means over its seeds on the test part. Models that were
 * also trained on the validation events, as the simple methods are, have separate rows.
 */
final class RealDataTable {
  private static final Pattern REPORT =
      Pattern.compile("real-data-(.+)-(\\d{4}-\\d{2}-\\d{2})\\.json");
  private static final String TOWERS = "two towers";

  private RealDataTable() {}

  /** The table as Markdown. */
  static String of(Path results) throws IOException {
    SortedMap<String, Path> newest = new TreeMap<>();
    try (Stream<Path> files = Files.list(results)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = REPORT.matcher(file.getFileName().toString());
        if (name.matches()) {
          newest.put(name.group(1), file);
        }
      }
    }
    StringBuilder table =
        new StringBuilder("| Report | Method | Runs | HR@10 | NDCG@10 |\n|---|---|---|---|---|\n");
    for (var report : newest.entrySet()) {
      Path file = report.getValue();
      JsonNode runs = JsonMapper.shared().readTree(Files.readString(file)).path("runs");
      rows(runs)
          .forEach(
              (method, found) ->
                  table.append(
                      String.format(
                          Locale.ROOT,
                          "| [%s](../bench/results/%s) | %s | %d | %.4f | %.4f |%n",
                          report.getKey(),
                          file.getFileName(),
                          method,
                          found.size(),
                          mean(found, 0),
                          mean(found, 1))));
    }
    return table.toString();
  }

  /** HR@10 and NDCG@10 of every run, by method. */
  private static SequencedMap<String, List<double[]>> rows(JsonNode runs) {
    SequencedMap<String, List<double[]>> rows = new LinkedHashMap<>();
    for (JsonNode run : runs) {
      boolean refitted = run.path("command").asString("").contains("--before test");
      JsonNode methods = run.path("test").path("retrieval");
      for (String method : methods.propertyNames()) {
        JsonNode found = methods.get(method);
        String name =
            method.equals(TOWERS) && refitted ? TOWERS + ", refitted on validation events" : method;
        rows.computeIfAbsent(name, _ -> new ArrayList<>())
            .add(
                new double[] {
                  found.path("HR@10").asDouble(Double.NaN),
                  found.path("NDCG@10").asDouble(Double.NaN)
                });
      }
    }
    return rows;
  }

  private static double mean(List<double[]> found, int column) {
    return found.stream().mapToDouble(values -> values[column]).average().orElse(Double.NaN);
  }
}
