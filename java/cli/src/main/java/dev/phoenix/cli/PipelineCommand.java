package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.cli.FeedReport.Terms;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.scoring.ScoringReader;
import dev.phoenix.scoring.UntrainedOutputs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix pipeline}: retrieves, ranks and prints a feed. */
@Command(
    name = "pipeline",
    description = {
      "Recommend posts to a user: encode the history, retrieve the best posts of a corpus, rank"
          + " them, print the feed.",
      "Without options it runs the demo checkpoint."
    },
    footer = {
      "",
      "Examples:",
      "  phoenix pipeline",
      "  phoenix pipeline --artifacts ~/phoenix-mini --sequence me.json --display 10",
      "  phoenix pipeline --weights favorite=1,repost=2 --format json",
      "  phoenix pipeline --weights production --explain"
    },
    mixinStandardHelpOptions = true)
final class PipelineCommand implements Callable<Integer> {
  /** How the feed is printed. */
  enum Format {
    TABLE,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BackendOptions backend = new BackendOptions();
  @Mixin private HistoryOptions histories = new HistoryOptions();

  @Option(
      names = "--artifacts",
      paramLabel = "DIR",
      description =
          "Checkpoint in the published layout: retrieval/, ranker/, one *corpus*.npz and"
              + " example_sequence.json (default: the demo).")
  private Path artifacts = Home.demo();

  @Option(
      names = "--corpus",
      paramLabel = "FILE",
      description = "Corpus to retrieve from (default: the one in DIR).")
  private @Nullable Path corpus;

  @Option(
      names = "--sequence",
      paramLabel = "FILE",
      description = "User and history as JSON (default: example_sequence.json in DIR).")
  private @Nullable Path sequence;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "200",
      description = "Posts to retrieve and rank (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--exclude",
      paramLabel = "POSTS",
      defaultValue = "seen",
      description =
          "Whether to leave out posts of the history: seen (left out), or none, as in the"
              + " published script (default: seen).")
  private Exclude exclude = Exclude.SEEN;

  @Option(
      names = "--impression-time",
      paramLabel = "TIME",
      defaultValue = "now",
      converter = ImpressionTime.Converter.class,
      description =
          "Time at which the posts are shown, which gives their age: now, seconds since the"
              + " epoch, or none, as in the published script (default: now).")
  private ImpressionTime impressionTime = new ImpressionTime(0);

  @Option(
      names = "--display",
      paramLabel = "N",
      defaultValue = "30",
      description = "Posts to show (default: ${DEFAULT-VALUE}).")
  private int display;

  @Option(
      names = "--weights",
      paramLabel = "WEIGHTS",
      description =
          "What posts are ranked by: a preset (model, published, production or retrieval),"
              + " weights of outputs as NAME=W,... or a JSON file, see docs/scoring.md (default:"
              + " model, the published weights and what training chose for the retrieval score;"
              + " retrieval with --no-ranker).")
  private @Nullable String weights;

  @Option(
      names = "--no-ranker",
      description =
          "Order the feed by retrieval. DIR then needs no ranker/, and --weights may only name the"
              + " retrieval score.")
  private boolean noRanker;

  @Option(
      names = "--allow-untrained",
      description = "Allow weights of outputs that the model was not trained for.")
  private boolean allowUntrained;

  @Option(
      names = "--explain",
      description = "Show the terms and factors that each score is made of.")
  private boolean explain;

  @Option(
      names = "--taxonomy",
      paramLabel = "NAME",
      defaultValue = "enum",
      description =
          "What the action indices mean: enum, the numbers of the action enum as in the published"
              + " pipeline, or runner, the order of the runner's outputs (default: enum).")
  private ActionTaxonomy taxonomy = ActionTaxonomy.ENUM;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: table).")
  private Format format = Format.TABLE;

  PipelineCommand() {}

  private static FeedReport.Source source(Ops ops, Pipeline pipeline) {
    return new FeedReport.Source(ops.name(), ops.precision(), pipeline.corpus().size());
  }

  @Override
  public Integer call() {
    if (topK < 1 || display < 1) {
      throw new IllegalArgumentException(
          "--top-k and --display must be at least 1, found %d and %d".formatted(topK, display));
    }
    ScoringOptions scoring = ScoringReader.parse(chosenWeights());
    if (allowUntrained) {
      scoring = scoring.with(UntrainedOutputs.ALLOWED);
    }
    scoring.requireCorpora(List.of(Pipeline.CORPUS_NAME));
    Artifacts folder = new Artifacts(artifacts);
    UserSequence user = UserSequence.read(sequence == null ? folder.sequence() : sequence);
    try (Ops ops = backend.open();
        Pipeline pipeline = open(ops, folder)) {
      Scorer scorer = pipeline.scorer(scoring, taxonomy);
      scorer.notice().ifPresent(spec.commandLine().getErr()::println);
      Feed feed =
          pipeline.recommend(
              new FeedRequest(user, topK, exclude, ExcludedPosts.NONE, impressionTime.seconds()),
              scorer);
      FeedReport report =
          new FeedReport(user, feed, explain ? Terms.SHOWN : Terms.HIDDEN, source(ops, pipeline));
      PrintWriter out = spec.commandLine().getOut();
      if (format == Format.JSON) {
        report.printJson(out, display);
      } else {
        report.printTable(out, display);
      }
      out.flush();
    }
    return 0;
  }

  private String chosenWeights() {
    if (weights == null) {
      return (noRanker ? Preset.RETRIEVAL : Preset.MODEL).label();
    }
    return weights;
  }

  private Pipeline open(Ops ops, Artifacts folder) {
    Path posts = corpus == null ? folder.corpus() : corpus;
    return noRanker
        ? Pipeline.openWithoutRanker(ops, folder, posts, histories.end())
        : Pipeline.open(ops, folder, posts, histories.end());
  }
}
