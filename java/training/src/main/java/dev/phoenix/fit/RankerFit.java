package dev.phoenix.fit;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.evaluation.ExportCheck;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.TrainingConfig;
import java.util.TreeSet;

/**
 * Trains the ranker on a dataset: on the first 80 % of every user's impressions, measured on the
 * next 10 %.
 */
public final class RankerFit {
  /** The continuous output that the loss compares with dwell times. Source: docs/model.md#9-training. */
  private static final int DWELL_OUTPUT = 1;

  private final TimeSplit split;
  private final Recipe recipe;
  private final RankerSampling sampling;
  private final TrainingConfig.RankerLoss loss;
  private final ModelConfig model;

  /** For {@code dataset}, with candidates as {@code sampling} says, and the default loss. */
  public RankerFit(Dataset dataset, Recipe recipe, RankerSampling sampling) {
    this(dataset, recipe, sampling, TrainingConfig.RankerLoss.DEFAULT);
  }

  /**
   * For {@code dataset}, with candidates as {@code sampling} says.
   *
   * @param loss of the continuous output
   */
  public RankerFit(
      Dataset dataset, Recipe recipe, RankerSampling sampling, TrainingConfig.RankerLoss loss) {
    this.loss = loss;
    this.sampling = sampling;
    this.split = TimeSplit.of(dataset);
    this.recipe = recipe;
    this.model = ModelPlan.ranker(dataset, recipe, trained(split, loss));
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
   */
  public Outcome train(
      GradientOps ops, RunFolder folder, Start start, Schedule schedule, Progress progress) {
    PostTable table = new PostTable(model, split.dataset().catalog());
    RankerSamples samples = new RankerSamples(split, table, sampling);
    Course<RankerBatch> course = new RankerCourse(split, samples, recipe.batch(), recipe.seed());
    TrainingConfig config =
        recipe.config(
            model, TrainingConfig.RetrievalLoss.DEFAULT, loss, schedule.epochs() * course.steps());
    RunSettings settings = settings(schedule);
    start.report(folder, settings, progress);
    folder.prepare();
    try (RankerTrainer trainer =
        start.resumes(folder)
            ? RankerTrainer.resume(ops, config, folder.checkpoint())
            : RankerTrainer.init(ops, config, recipe.seed())) {
      trainer.note(settings.values());
      Exam exam = new RankerExam(trainer, split, samples, table, recipe.seed());
      return new Run<>(
              trainer,
              course,
              exam,
              new Run.Place(
                  folder, exported -> ExportCheck.ranker(ops.ops(), exported, split.dataset())),
              schedule)
          .train(progress, batch -> batch.candidates().posts().count());
    }
  }

  private RunSettings settings(Schedule schedule) {
    return new RunSettings()
        .model(model)
        .data(split.dataset())
        .recipe(recipe, schedule)
        .fixed("continuous loss", loss.kind())
        .fixed("continuous loss weight", loss.weight())
        .free("negatives", sampling.negatives())
        .free("horizon", sampling.horizon())
        .free("popularity exponent", sampling.popularityExponent());
  }
}
