package dev.phoenix.cli;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.ActionMetrics;
import dev.phoenix.evaluation.RankMetrics;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.ranking.ActionTaxonomy;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an evaluation found, for a person or for a program. */
final class EvaluationReport {
  private static final int NAME_WIDTH = 18;

  private final Dataset dataset;
  private final LeaveOneOut.Part part;
  private final SequencedMap<String, RankMetrics> retrieval = new LinkedHashMap<>();
  private final SequencedMap<String, SequencedMap<Integer, ActionMetrics>> ranking =
      new LinkedHashMap<>();

  EvaluationReport(Dataset dataset, LeaveOneOut.Part part) {
    this.dataset = dataset;
    this.part = part;
  }

  void addRetrieval(String method, RankMetrics metrics) {
    retrieval.put(method, metrics);
  }

  void addRanking(String method, SequencedMap<Integer, ActionMetrics> byAction) {
    ranking.put(method, byAction);
  }

  void printTables(PrintWriter out) {
    int users = retrieval.isEmpty() ? 0 : retrieval.firstEntry().getValue().users();
    out.printf(
        "Retrieval on %s (%s): the next post of %,d users among %,d, history left out%n",
        dataset.source(), partLabel(), users, dataset.catalog().size());
    StringBuilder heading = new StringBuilder(" ".repeat(NAME_WIDTH));
    RetrievalEvaluation.summary(new RankMetrics(new double[0]))
        .keySet()
        .forEach(name -> heading.append(String.format("%9s", name)));
    out.println(heading);
    retrieval.forEach(
        (method, metrics) -> {
          out.printf("%-" + NAME_WIDTH + "s", method);
          RetrievalEvaluation.summary(metrics)
              .values()
              .forEach(value -> out.printf(Locale.ROOT, "%9.4f", value));
          out.println();
        });
    ranking.forEach((method, byAction) -> printRanking(out, method, byAction));
  }

  private void printRanking(
      PrintWriter out, String method, SequencedMap<Integer, ActionMetrics> byAction) {
    if (byAction.isEmpty()) {
      return;
    }
    out.printf(
        "%nRanking by %s (%s): %,d impressions, action by action%n",
        method, partLabel(), byAction.firstEntry().getValue().count());
    out.printf(
        "%-" + NAME_WIDTH + "s%9s%9s%9s%12s%12s%n",
        "",
        "Rate",
        "AUC",
        "LogLoss",
        "of the rate",
        "Calibration");
    byAction.forEach(
        (action, metrics) ->
            out.printf(
                Locale.ROOT,
                "%-" + NAME_WIDTH + "s%9.4f%9.4f%9.4f%12.4f%12.4f%n",
                ActionTaxonomy.ENUM.name(action),
                metrics.rate(),
                metrics.auc(),
                metrics.logLoss(),
                metrics.rateLogLoss(),
                metrics.calibrationError()));
  }

  void printJson(PrintWriter out) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode root = mapper.createObjectNode();
    root.put("data", dataset.source());
    root.put("part", partLabel());
    ObjectNode methods = root.putObject("retrieval");
    for (Map.Entry<String, RankMetrics> entry : retrieval.entrySet()) {
      ObjectNode values = methods.putObject(entry.getKey());
      values.put("users", entry.getValue().users());
      RetrievalEvaluation.summary(entry.getValue()).forEach(values::put);
    }
    ObjectNode rankers = root.putObject("ranking");
    ranking.forEach(
        (method, byAction) -> {
          ObjectNode actions = rankers.putObject(method);
          byAction.forEach(
              (action, metrics) ->
                  put(actions.putObject(ActionTaxonomy.ENUM.name(action)), metrics));
        });
    out.println(mapper.writeValueAsString(root));
  }

  private static void put(ObjectNode values, ActionMetrics metrics) {
    values.put("impressions", metrics.count());
    values.put("rate", metrics.rate());
    values.put("auc", metrics.auc());
    values.put("log_loss", metrics.logLoss());
    values.put("rate_log_loss", metrics.rateLogLoss());
    values.put("calibration_error", metrics.calibrationError());
    ArrayNode bins = values.putArray("bins");
    for (ActionMetrics.Bin bin : metrics.bins()) {
      ObjectNode node = bins.addObject();
      node.put("impressions", bin.count());
      node.put("predicted", bin.predicted());
      node.put("observed", bin.observed());
    }
  }

  private String partLabel() {
    return part.name().toLowerCase(Locale.ROOT);
  }
}
