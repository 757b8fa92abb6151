package dev.phoenix.cli;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.evaluation.FeedEvaluation;
import dev.phoenix.evaluation.RankerEvaluation;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.feature.Exclude;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.scoring.ScoringReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix evaluate}: measures models and simple methods on the same held-out events. */
@Command(
    name = "evaluate",
    description = {
      "Measure models on held-out events of users, beside methods that need no training.",
      "Retrieval: each user's last event is predicted from those before it; all posts are ranked,"
          + " ties share their places. Posts of the history are left out, and one that the user"
          + " takes again counts as missed; --exclude none ranks all. Ranking: each user's last"
          + " tenth of impressions is predicted, if the data have impressions without an action."
          + " Feed: the whole path, computed by the code that serves, if DIR has the corpus.npz"
          + " that train retrieval wrote."
    },
    footer = {
      "",
      "Examples:",
      "  phoenix evaluate --data sequences.txt --format sequences",
      "  phoenix evaluate --data world.tsv --format world --model trained --json"
    },
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BackendOptions backend = new BackendOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private HistoryOptions histories = new HistoryOptions();

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Checkpoint in the published layout: retrieval/ and ranker/, or one of them (default:"
              + " only the simple methods).")
  private @Nullable Path model;

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "test",
      description = "validation or test (default: test).")
  private LeaveOneOut.Part part = LeaveOneOut.Part.TEST;

  @Option(
      names = "--exclude",
      paramLabel = "seen|none",
      defaultValue = "seen",
      description =
          "Posts that are not ranked: seen, those of the user's history, or none (default:"
              + " ${DEFAULT-VALUE}).")
  private Exclude exclusion = Exclude.SEEN;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "200",
      description = "Posts that a feed retrieves and ranks (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--weights",
      paramLabel = "WEIGHTS",
      defaultValue = "model",
      description =
          "What a feed is ranked by: a preset (model, published, production or retrieval),"
              + " weights of outputs as NAME=W,... or a JSON file, see docs/scoring.md (default:"
              + " model, the published weights and what training chose for the retrieval score).")
  private String weights = "model";

  @Option(
      names = "--no-ranker",
      description = "Measure the feed in the order of retrieval only, whatever DIR holds.")
  private boolean noRanker;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  private boolean json;

  EvaluateCommand() {}

  @Override
  public Integer call() {
    if (model != null && !has("retrieval") && !has("ranker")) {
      throw new IllegalArgumentException(
          "expected retrieval/config.json or ranker/config.json in " + model + ", found neither");
    }
    if (topK < 1) {
      throw new IllegalArgumentException("--top-k: expected 1 or more, found " + topK);
    }
    Dataset dataset = data.read();
    LeaveOneOut split = LeaveOneOut.of(dataset);
    EvaluationReport report = new EvaluationReport(split, part, exclusion);
    try (Ops ops = backend.open()) {
      evaluateRetrieval(ops, split, report);
      // Sequences have no impressions without an action.
      if (data.format() != DataFormat.SEQUENCES) {
        evaluateRanker(ops, dataset, report);
      }
      evaluateFeed(ops, split, report);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      report.printJson(out);
    } else {
      report.printTables(out);
    }
    out.flush();
    return 0;
  }

  private boolean has(String name) {
    return model != null && Files.isRegularFile(model.resolve(name).resolve("config.json"));
  }

  private Path folder(String name) {
    return model == null ? Path.of(name) : model.resolve(name);
  }

  private void evaluateRetrieval(Ops ops, LeaveOneOut split, EvaluationReport report) {
    RetrievalEvaluation evaluation = new RetrievalEvaluation(split, part, exclusion);
    evaluation.baselines().forEach(report::addRetrieval);
    if (has("retrieval")) {
      Path folder = folder("retrieval");
      try (RetrievalModel retrieval = RetrievalModel.load(ops, folder, histories.end());
          EmbeddingTables tables =
              EmbeddingTables.open(folder.resolve("embedding_tables.npz"), retrieval.config())) {
        report.addRetrieval("two towers", evaluation.model(retrieval, tables));
      }
    }
  }

  private void evaluateRanker(Ops ops, Dataset dataset, EvaluationReport report) {
    RankerEvaluation evaluation = new RankerEvaluation(TimeSplit.of(dataset), part);
    report.addRanking("rate of the post", evaluation.postRates());
    if (has("ranker")) {
      Path folder = folder("ranker");
      try (Ranker ranker = Ranker.load(ops, folder, histories.end());
          EmbeddingTables tables =
              EmbeddingTables.open(folder.resolve("embedding_tables.npz"), ranker.config())) {
        report.addRanking("ranker", evaluation.model(ranker, tables));
      }
    }
  }

  private void evaluateFeed(Ops ops, LeaveOneOut split, EvaluationReport report) {
    if (model == null) {
      return;
    }
    Path corpus = folder("corpus.npz");
    if (!has("retrieval") || !Files.isRegularFile(corpus)) {
      report.noFeed("expected retrieval/ and corpus.npz in " + model);
      return;
    }
    FeedEvaluation evaluation = new FeedEvaluation(split, part, exclusion);
    evaluation.baselines().forEach(report::addFeed);
    Artifacts artifacts = new Artifacts(model);
    try (Pipeline pipeline = Pipeline.openWithoutRanker(ops, artifacts, corpus, Optional.empty())) {
      report.addFeed("two towers", evaluation.measure(feeds(pipeline, Preset.RETRIEVAL.options())));
    }
    if (has("ranker") && !noRanker) {
      try (Pipeline pipeline = Pipeline.open(ops, artifacts, corpus)) {
        PipelineFeeds feeds = feeds(pipeline, ScoringReader.parse(weights));
        report.addFeed("towers and ranker", evaluation.measure(feeds));
        report.feedWeights(feeds.scorer().weights());
      }
    }
  }

  private PipelineFeeds feeds(Pipeline pipeline, ScoringOptions scoring) {
    Scorer scorer = pipeline.scorer(scoring, ActionTaxonomy.ENUM);
    scorer.notice().ifPresent(spec.commandLine().getErr()::println);
    return new PipelineFeeds(pipeline, scorer, topK, exclusion);
  }
}
