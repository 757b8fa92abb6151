package dev.phoenix.fit;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.evaluation.ExportCheck;
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
  private final TrainingConfig.RankerLoss loss;
  private final ModelConfig model;

  /**
   * For {@code dataset}.
   *
   * @param negatives posts that a user was not shown, to add to the user's candidates
   */
  public RankerFit(Dataset dataset, Recipe recipe, int negatives) {
    this(dataset, recipe, negatives, TrainingConfig.RankerLoss.DEFAULT);
  }

  /**
   * For {@code dataset}.
   *
   * @param negatives posts that a user was not shown, to add to the user's candidates
   * @param loss of the continuous output
   */
  public RankerFit(Dataset dataset, Recipe recipe, int negatives, TrainingConfig.RankerLoss loss) {
    this.loss = loss;
    if (negatives < 0) {
      throw new IllegalArgumentException("expected 0 or more negatives, found " + negatives);
    }
    this.negatives = negatives;
    this.split = TimeSplit.of(dataset);
    this.recipe = recipe;
    this.model = ModelPlan.ranker(dataset, recipe);
  }

  /**
   * Trains, from the checkpoint in {@code folder} if {@code start} says so, and exports the model.
   */
  public Outcome train(
      GradientOps ops, RunFolder folder, Start start, Schedule schedule, Progress progress) {
    PostTable table = new PostTable(model, split.dataset().catalog());
    Course<RankerBatch> course =
        new RankerCourse(
            split, table, new RankerCourse.Settings(recipe.batch(), negatives, recipe.seed()));
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
      return new Run<>(
              trainer,
              course,
              new RankerExam(trainer, split, table),
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
        .free("negatives", negatives);
  }
}
