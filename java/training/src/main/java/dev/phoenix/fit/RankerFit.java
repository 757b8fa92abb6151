package dev.phoenix.fit;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.TrainingConfig;

/**
 * Trains the ranker on a dataset: on the first 80 % of every user's impressions, measured on the
 * next 10 %.
 */
public final class RankerFit {
  private final TimeSplit split;
  private final Recipe recipe;
  private final int negatives;
  private final ModelConfig model;

  /**
   * For {@code dataset}.
   *
   * @param negatives posts that a user was not shown, to add to the user's candidates
   */
  public RankerFit(Dataset dataset, Recipe recipe, int negatives) {
    if (negatives < 0) {
      throw new IllegalArgumentException("expected 0 or more negatives, found " + negatives);
    }
    this.negatives = negatives;
    this.split = TimeSplit.of(dataset);
    this.recipe = recipe;
    this.model = ModelPlan.ranker(dataset, recipe.size());
  }

  /**
   * Trains, from the checkpoint in {@code folder} if {@code start} says so, and exports the model.
   */
  public Outcome train(
      GradientOps ops, RunFolder folder, Start start, Schedule schedule, Progress progress) {
    folder.prepare();
    PostTable table = new PostTable(model, split.dataset().catalog());
    Course<RankerBatch> course =
        new RankerCourse(
            split, table, new RankerCourse.Settings(recipe.batch(), negatives, recipe.seed()));
    TrainingConfig config =
        recipe.config(
            model, TrainingConfig.RetrievalLoss.DEFAULT, schedule.epochs() * course.steps());
    try (RankerTrainer trainer =
        start.resumes(folder)
            ? RankerTrainer.resume(ops, config, folder.checkpoint())
            : RankerTrainer.init(ops, config, recipe.seed())) {
      return new Run<>(trainer, course, new RankerExam(trainer, split, table), folder, schedule)
          .train(progress, batch -> batch.candidates().posts().count());
    }
  }
}
