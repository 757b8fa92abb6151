package dev.phoenix.cli;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.ActionMetrics;
import dev.phoenix.evaluation.FeedMetrics;
import dev.phoenix.evaluation.MetricException;
import dev.phoenix.evaluation.RankMetrics;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.feature.Exclude;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.ScoreWeights;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The results of an evaluation, printed as tables or as JSON. */
final class EvaluationReport {
  private static final int NAME_WIDTH = 18;
  private static final List<String> HEADINGS =
      List.of("Rate", "AUC", "PR-AUC", "LogLoss", "of the rate", "RCE %", "Calibration");

  private final LeaveOneOut split;
  private final LeaveOneOut.Part part;
  private final Exclude exclusion;
  private final SequencedMap<String, RankMetrics> retrieval = new LinkedHashMap<>();
  private final SequencedMap<String, SequencedMap<Integer, ActionMetrics>> ranking =
      new LinkedHashMap<>();
  private final SequencedMap<String, FeedMetrics> feeds = new LinkedHashMap<>();
  private @Nullable String withoutFeeds;
  private ScoreWeights feedWeights = ScoreWeights.NONE;

  EvaluationReport(LeaveOneOut split, LeaveOneOut.Part part, Exclude exclusion) {
    this.split = split;
    this.part = part;
    this.exclusion = exclusion;
  }

  /**
   * Adds a method of retrieval.
   *
   * @throws dev.phoenix.evaluation.MetricException if one of its metrics is no number
   */
  void addRetrieval(String method, RankMetrics metrics) {
    MetricException.requireFinite("retrieval by " + method, RetrievalEvaluation.summary(metrics));
    retrieval.put(method, metrics);
  }

  /**
   * Adds a method of ranking.
   *
   * @throws dev.phoenix.evaluation.MetricException if one of its metrics is no number
   */
  void addRanking(String method, SequencedMap<Integer, ActionMetrics> byAction) {
    byAction.forEach(
        (action, metrics) ->
            MetricException.requireFinite(
                "%s by %s".formatted(ActionTaxonomy.ENUM.name(action), method), values(metrics)));
    ranking.put(method, byAction);
  }

  /**
   * Adds a method that makes feeds.
   *
   * @throws dev.phoenix.evaluation.MetricException if one of its metrics is no number
   */
  void addFeed(String method, FeedMetrics metrics) {
    MetricException.requireFinite("feeds by " + method, metrics.summary());
    feeds.put(method, metrics);
  }

  /** Says what the ranker's feeds are ordered by. */
  void feedWeights(ScoreWeights weights) {
    feedWeights = weights;
  }

  /** Says why there are no feeds to measure. */
  void noFeed(String reason) {
    withoutFeeds = reason;
  }

  void printTables(PrintWriter out) {
    Dataset dataset = split.dataset();
    if (dataset.duplicateRows() > 0) {
      out.printf("%,d exact duplicate rows dropped%n", dataset.duplicateRows());
    }
    out.printf(
        Locale.ROOT,
        "Retrieval on %s (%s): the next post of %,d users among %,d, %s; %.1f %% of targets stand"
            + " in their own history%n",
        dataset.source(),
        partLabel(),
        split.folds().size(),
        dataset.catalog().size(),
        exclusion == Exclude.SEEN ? "history left out" : "nothing left out",
        100 * split.repeatedShare(part));
    heading(out, 9, RetrievalEvaluation.summary(new RankMetrics(new double[0])).keySet());
    retrieval.forEach(
        (method, metrics) -> row(out, 9, method, RetrievalEvaluation.summary(metrics).values()));
    ranking.forEach((method, byAction) -> printRanking(out, method, byAction));
    if (withoutFeeds != null) {
      out.printf("%nFeed: not measured, %s%n", withoutFeeds);
    }
    if (!feeds.isEmpty()) {
      printFeeds(out);
    }
  }

  private static void heading(PrintWriter out, int width, Collection<String> names) {
    out.print(" ".repeat(NAME_WIDTH));
    names.forEach(name -> out.printf("%" + width + "s", name));
    out.println();
  }

  private static void row(PrintWriter out, int width, String method, Collection<Double> values) {
    out.printf("%-" + NAME_WIDTH + "s", method);
    values.forEach(value -> out.printf(Locale.ROOT, "%" + width + ".4f", value));
    out.println();
  }

  private void printFeeds(PrintWriter out) {
    out.printf(
        "%nFeed (%s): the next post of %,d users in what each is shown%n",
        partLabel(), feeds.firstEntry().getValue().ranks().users());
    heading(out, 17, feeds.firstEntry().getValue().summary().keySet());
    feeds.forEach((method, metrics) -> row(out, 17, method, metrics.summary().values()));
    if (!feedWeights.equals(ScoreWeights.NONE)) {
      out.println("towers and ranker: " + feedWeights);
    }
  }

  private void printRanking(
      PrintWriter out, String method, SequencedMap<Integer, ActionMetrics> byAction) {
    if (byAction.isEmpty()) {
      return;
    }
    out.printf(
        "%nRanking by %s (%s): %,d impressions, action by action%n",
        method, partLabel(), byAction.firstEntry().getValue().count());
    heading(out, 12, HEADINGS);
    byAction.forEach(
        (action, metrics) -> {
          out.printf("%-" + NAME_WIDTH + "s", ActionTaxonomy.ENUM.name(action));
          values(metrics).values().forEach(value -> out.printf(Locale.ROOT, "%12.4f", value));
          out.println();
        });
  }

  /** The metrics by their JSON keys, in the order of {@link #HEADINGS}. */
  private static SequencedMap<String, Double> values(ActionMetrics metrics) {
    SequencedMap<String, Double> values = new LinkedHashMap<>();
    values.put("rate", metrics.rate());
    values.put("auc", metrics.auc());
    values.put("pr_auc", metrics.averagePrecision());
    values.put("log_loss", metrics.logLoss());
    values.put("rate_log_loss", metrics.rateLogLoss());
    values.put("rce", metrics.relativeCrossEntropy());
    values.put("calibration_error", metrics.calibrationError());
    return values;
  }

  void printJson(PrintWriter out) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode root = mapper.createObjectNode();
    root.put("data", split.dataset().source());
    root.put("part", partLabel());
    root.put("exclude", exclusion.toString());
    root.put("duplicate_rows_dropped", split.dataset().duplicateRows());
    root.put("repeated_targets", split.repeatedShare(part));
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
    ObjectNode shown = root.putObject("feed");
    feeds.forEach(
        (method, metrics) -> {
          ObjectNode values = shown.putObject(method);
          values.put("users", metrics.ranks().users());
          metrics.summary().forEach((name, value) -> values.put(name.replace(' ', '_'), value));
        });
    if (!feedWeights.equals(ScoreWeights.NONE)) {
      ObjectNode weights = root.putObject("feed_weights");
      feedWeights.weights().forEach(weights::put);
    }
    if (withoutFeeds != null) {
      root.put("feed_not_measured", withoutFeeds);
    }
    out.println(mapper.writeValueAsString(root));
  }

  private static void put(ObjectNode values, ActionMetrics metrics) {
    values.put("impressions", metrics.count());
    values(metrics).forEach(values::put);
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
