package dev.phoenix.training.run;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelManifest;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.EngagedEvents;
import dev.phoenix.evaluation.ExportCheck;
import dev.phoenix.evaluation.LoggedSequence;
import dev.phoenix.model.CorpusEncoder;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.training.RetrievalBatch;
import dev.phoenix.training.RetrievalTrainer;
import dev.phoenix.training.TrainingConfig;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Trains the two towers on a dataset: on every user's engaged events but the last two, or but the
 * last, measured on the last but one.
 */
public final class RetrievalTraining {
  private static final String CORPUS = "corpus.npz";

  private final Dataset dataset;
  private final LeaveOneOut split;
  private final TrainingOptions options;
  private final Choices choices;
  private final ModelConfig model;

  /**
   * What is chosen for retrieval alone.
   *
   * @param representation how users and posts become vectors
   * @param temperature of the softmax
   * @param negatives what a user's next post competes with
   * @param before what is kept from the training: with {@code TEST}, the validation's events are
   *     trained on, so that its measurements say nothing
   */
  public record Choices(
      Representation representation,
      Temperature temperature,
      Negatives negatives,
      LeaveOneOut.Part before) {
    TrainingConfig.RetrievalLoss loss() {
      Set<Option> options = EnumSet.of(Option.EXCLUDE_SAME);
      if (temperature.kind() == Temperature.Kind.LEARNED) {
        options.add(Option.LEARN_TEMPERATURE);
      }
      // Over the whole catalogue there is no sampling to correct, and nothing to add.
      int count = 0;
      if (negatives
          instanceof Negatives.Sampled(int sampled, double _, Negatives.InBatch inBatch)) {
        count = sampled;
        if (inBatch == Negatives.InBatch.LOG_Q) {
          options.add(Option.LOG_Q);
        }
        if (inBatch != Negatives.InBatch.OFF) {
          options.add(Option.IN_BATCH);
        }
      }
      return new TrainingConfig.RetrievalLoss(Math.log(temperature.start()), options, count);
    }
  }

  /**
   * How users and posts become vectors.
   *
   * @param tower how a post becomes one
   * @param start what the tower's projections begin as, where it has them
   * @param pooling how a history becomes one
   */
  public record Representation(
      Tower tower, TrainingConfig.InitialTower start, UserPooling pooling) {
    /** With the better start of the projections, as far as there are any. */
    public static Representation of(Tower tower, UserPooling pooling) {
      return new Representation(tower, TrainingConfig.InitialTower.IDENTITY, pooling);
    }
  }

  /** For {@code dataset}. */
  public RetrievalTraining(Dataset dataset, TrainingOptions options, Choices choices) {
    this.dataset = dataset;
    this.split = LeaveOneOut.of(dataset);
    this.options = options;
    this.choices = choices;
    this.model = ModelPlan.retrieval(dataset, options, choices.representation());
  }

  /** The split that decides what is trained on. */
  public LeaveOneOut split() {
    return split;
  }

  /**
   * Trains, from the checkpoint in {@code folder} if {@code start} says so, and exports the model.
   */
  public TrainingResult train(
      GradientOps ops, RunFolder folder, Start start, Schedule schedule, Progress progress) {
    PostTable table = new PostTable(model, dataset.catalog());
    BatchSource<RetrievalBatch> source =
        new RetrievalBatches(
            Training.before(split, choices.before()),
            table,
            new RetrievalBatches.Settings(options.batch(), choices.negatives(), options.seed()));
    TrainingConfig config =
        options
            .config(
                model,
                choices.loss(),
                TrainingConfig.RankerLoss.DEFAULT,
                schedule.epochs() * source.steps())
            .withInitialTower(choices.representation().start());
    RunSettings settings = settings(schedule);
    start.report(folder, settings, progress);
    folder.prepare();
    try (FolderLock _ = FolderLock.take(folder.root());
        RetrievalTrainer trainer =
            start.resumes(folder)
                ? RetrievalTrainer.resume(ops, config, folder.checkpoint())
                : RetrievalTrainer.init(ops, config, options.seed())) {
      trainer.note(settings.values());
      return new Run<>(
              trainer,
              source,
              new RetrievalValidation(trainer, split, table),
              // Towers belong together with their corpus, which is encoded after the training.
              new Run.Place(
                  folder, exported -> ExportCheck.retrieval(ops, exported, dataset), () -> {}),
              schedule)
          .train(progress, batch -> batch.queries().count());
    }
  }

  private RunSettings settings(Schedule schedule) {
    RunSettings settings =
        new RunSettings()
            .model(model)
            .data(dataset)
            .options(options, schedule)
            .fixed("temperature", choices.temperature())
            .free("tower start", choices.representation().start())
            .free("before", choices.before());
    return switch (choices.negatives()) {
      case Negatives.All() -> settings.fixed("negatives", "all").fixed("in-batch negatives", "off");
      case Negatives.Sampled(int count, double exponent, Negatives.InBatch inBatch) ->
          settings
              .fixed("negatives", count)
              .fixed("in-batch negatives", inBatch)
              .free("popularity exponent", exponent);
    };
  }

  /**
   * Encodes the dataset's posts as the corpus of {@code folder}, and a user's history as its
   * example, and enters model and corpus into the folder's manifest.
   *
   * @param labels what is shown as a post's topic; empty for nothing
   * @param example index of the user
   */
  public void exportCorpus(Ops ops, RunFolder folder, List<String> labels, int example) {
    Path exported = folder.export();
    Catalog catalog = dataset.catalog();
    try (FolderLock _ = FolderLock.take(folder.root());
        RetrievalModel towers = RetrievalModel.load(ops, exported);
        EmbeddingTables tables =
            EmbeddingTables.open(exported.resolve("embedding_tables.npz"), towers.config())) {
      CorpusEncoder.encode(
          towers,
          tables,
          new CorpusEncoder.Posts(
              catalog.postIds(), catalog.authorIds(), labels, catalog.createdSeconds()),
          folder.root().resolve(CORPUS),
          done -> {});
    }
    sequence(example).write(folder.root().resolve("example_sequence.json"));
    List<String> together = new ArrayList<>(folder.exported());
    together.add(CORPUS);
    ModelManifest.enter(folder.root(), together);
  }

  /** The engaged events of a user that the model reads, in time order. */
  private UserSequence sequence(int user) {
    UserEvents of = split.dataset().users().get(user);
    int[] kept = EngagedEvents.read(model, of.events(), of.events().count());
    return LoggedSequence.of(dataset.catalog(), of, kept);
  }
}
