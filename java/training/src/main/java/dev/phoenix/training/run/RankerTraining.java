package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelManifest;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.evaluation.ExportCheck;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.TrainingConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Trains the ranker on a dataset: on the first 80 % of every user's impressions, measured on the
 * next 10 %.
 */
public final class RankerTraining {
  /**
   * The continuous output that the loss compares with dwell times. Source:
   * docs/model.md#9-training.
   */
  private static final int DWELL_OUTPUT = 1;

  private final TimeSplit split;
  private final TrainingOptions options;
  private final RankerSampling sampling;
  private final TrainingConfig.RankerLoss loss;
  private final ModelConfig model;

  /** For {@code dataset}, with candidates as {@code sampling} says, and the default loss. */
  public RankerTraining(Dataset dataset, TrainingOptions options, RankerSampling sampling) {
    this(dataset, options, sampling, TrainingConfig.RankerLoss.DEFAULT);
  }

  /**
   * For {@code dataset}, with candidates as {@code sampling} says.
   *
   * @param loss of the continuous output
   */
  public RankerTraining(
      Dataset dataset,
      TrainingOptions options,
      RankerSampling sampling,
      TrainingConfig.RankerLoss loss) {
    this.loss = loss;
    this.sampling = sampling;
    this.split = TimeSplit.of(dataset);
    this.options = options;
    this.model = ModelPlan.ranker(dataset, options, trained(split, loss));
  }

  /**
   * The actions that happen in the training part, and the dwell time where the loss weighs it and
   * the data know it.
   */
  private static TrainedOutputs trained(TimeSplit split, TrainingConfig.RankerLoss loss) {
    int happened = 0;
    boolean dwells = false;
    for (int user = 0; user < split.trainEnds().length; user++) {
      Events events = split.events(user);
      dwells |= events.dwellSeconds().length > 0;
      // The first impression has no history to be predicted from.
      for (int i = 1; i < split.trainEnds()[user]; i++) {
        happened |= events.actions()[i];
      }
    }
    TreeSet<Integer> actions = new TreeSet<>();
    for (int action = 0; action < Math.min(ModelPlan.ACTIONS, Integer.SIZE); action++) {
      if ((happened >>> action & 1) != 0) {
        actions.add(action);
      }
    }
    TreeSet<Integer> continuous = new TreeSet<>();
    if (dwells && loss.weight() > 0) {
      continuous.add(DWELL_OUTPUT);
    }
    return new TrainedOutputs(actions, continuous);
  }

  /**
   * Trains, from the checkpoint in {@code folder} if {@code start} says so, and exports the model.
   * Where a retrieval model lies beside it, the embedding rows begin as that model's, if they are
   * as many and as wide, and the weight of the retrieval score in feeds is chosen for it.
   */
  public TrainingResult train(
      GradientOps ops, RunFolder folder, Start start, Schedule schedule, Progress progress) {
    Optional<TrainedTowers> towers = TrainedTowers.beside(folder);
    PostTable table = new PostTable(model, split.dataset().catalog());
    RankerSamples samples = new RankerSamples(split, table, sampling);
    BatchSource<RankerBatch> source =
        new RankerBatches(split, samples, options.batch(), options.seed());
    TrainingConfig config =
        options.config(
            model, TrainingConfig.RetrievalLoss.DEFAULT, loss, schedule.epochs() * source.steps());
    RunSettings settings =
        settings(schedule).free("first embedding rows", rows(towers) ? "retrieval" : "random");
    start.report(folder, settings, progress);
    folder.prepare();
    try (FolderLock _ = FolderLock.take(folder.root());
        RankerTrainer trainer =
            start.resumes(folder)
                ? RankerTrainer.resume(ops, config, folder.checkpoint())
                : begin(ops, config, towers)) {
      trainer.note(settings.values());
      Validation validation = new RankerValidation(trainer, split, samples, table, options.seed());
      return new Run<>(
              trainer,
              source,
              validation,
              new Run.Place(
                  folder,
                  exported -> finish(ops, exported, towers),
                  () -> ModelManifest.enter(folder.root(), folder.exported())),
              schedule)
          .train(progress, batch -> batch.candidates().posts().count());
    }
  }

  private boolean rows(Optional<TrainedTowers> towers) {
    return towers.isPresent() && towers.get().shareRows(model);
  }

  private RankerTrainer begin(
      GradientOps ops, TrainingConfig config, Optional<TrainedTowers> towers) {
    return rows(towers)
        ? towers.orElseThrow().begin(ops, config, options.seed())
        : RankerTrainer.init(ops, config, options.seed());
  }

  private void finish(Ops ops, Path exported, Optional<TrainedTowers> towers) {
    ExportCheck.ranker(ops, exported, split.dataset());
    towers.ifPresent(beside -> beside.weigh(ops, exported, LeaveOneOut.of(split.dataset())));
  }

  private RunSettings settings(Schedule schedule) {
    return new RunSettings()
        .model(model)
        .data(split.dataset())
        .options(options, schedule)
        .fixed("continuous loss", loss.kind())
        .fixed("continuous loss weight", loss.weight())
        .free("negatives", sampling.negatives())
        .free("horizon", sampling.horizon())
        .free("popularity exponent", sampling.popularityExponent());
  }
}
