package dev.phoenix.cli;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.evaluation.RankerEvaluation;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix evaluate}: simple methods and models on the same events, in one table. */
@Command(
    name = "evaluate",
    description = {
      "Measure models on what users did next, beside methods that need no training.",
      "Retrieval: each user's last event is predicted from those before it; all posts are ranked,"
          + " those of the history left out, ties share their places. Ranking: each user's last"
          + " tenth of impressions is predicted, where the data have impressions that led to"
          + " nothing."
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

  @Option(names = "--json", description = "Print JSON instead of tables.")
  private boolean json;

  EvaluateCommand() {}

  @Override
  public Integer call() {
    if (model != null && !has("retrieval") && !has("ranker")) {
      throw new IllegalArgumentException(
          "expected retrieval/config.json or ranker/config.json in " + model + ", found neither");
    }
    Dataset dataset = data.read();
    EvaluationReport report = new EvaluationReport(dataset, part);
    try (Ops ops = backend.open()) {
      evaluateRetrieval(ops, dataset, report);
      // Sequences say what was taken, not what was left.
      if (data.format() != DataFormat.SEQUENCES) {
        evaluateRanker(ops, dataset, report);
      }
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

  private void evaluateRetrieval(Ops ops, Dataset dataset, EvaluationReport report) {
    RetrievalEvaluation evaluation = new RetrievalEvaluation(LeaveOneOut.of(dataset), part);
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
}
