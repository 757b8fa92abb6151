package dev.phoenix.fit;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.TimeSplit;
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
  private final TimeSplit split;
  private final Recipe recipe;
  private final RankerSampling sampling;
  private final ModelConfig model;

  /** For {@code dataset}, with candidates as {@code sampling} says. */
  public RankerFit(Dataset dataset, Recipe recipe, RankerSampling sampling) {
    this.sampling = sampling;
    this.split = TimeSplit.of(dataset);
    this.recipe = recipe;
    this.model = ModelPlan.ranker(dataset, recipe.size(), trained(split));
  }

  /** The actions that happen in the training part; the loss has no continuous term. */
  private static TrainedOutputs trained(TimeSplit split) {
    int happened = 0;
    for (int user = 0; user < split.trainEnds().length; user++) {
      Events events = split.events(user);
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
    return new TrainedOutputs(actions, new TreeSet<>());
  }

  /**
   * Trains, from the checkpoint in {@code folder} if {@code start} says so, and exports the model.
   */
  public Outcome train(
      GradientOps ops, RunFolder folder, Start start, Schedule schedule, Progress progress) {
    folder.prepare();
    PostTable table = new PostTable(model, split.dataset().catalog());
    RankerSamples samples = new RankerSamples(split, table, sampling);
    Course<RankerBatch> course = new RankerCourse(split, samples, recipe.batch(), recipe.seed());
    TrainingConfig config =
        recipe.config(
            model, TrainingConfig.RetrievalLoss.DEFAULT, schedule.epochs() * course.steps());
    try (RankerTrainer trainer =
        start.resumes(folder)
            ? RankerTrainer.resume(ops, config, folder.checkpoint())
            : RankerTrainer.init(ops, config, recipe.seed())) {
      Exam exam = new RankerExam(trainer, split, samples, table, recipe.seed());
      return new Run<>(trainer, course, exam, folder, schedule)
          .train(progress, batch -> batch.candidates().posts().count());
    }
  }
}
