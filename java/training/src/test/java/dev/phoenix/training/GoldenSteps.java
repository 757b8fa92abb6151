package dev.phoenix.training;

import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.GradientOps;

/** Runs steps of the golden cases, for tests that observe training. */
public final class GoldenSteps {
  private GoldenSteps() {}

  /** Runs one step of each model; {@code ops} stay open. */
  public static void run(GradientOps ops) {
    TrainingConfig.RankerLoss loss = new TrainingConfig.RankerLoss(ContinuousLoss.MAE, 0.5);
    try (GoldenTraining golden = GoldenTraining.open("train_retrieval");
        RetrievalTrainer trainer =
            RetrievalTrainer.init(ops, golden.config(TrainingConfig.RankerLoss.DEFAULT), 1)) {
      trainer.update(golden.retrievalBatch());
    }
    try (GoldenTraining golden = GoldenTraining.open("train_ranker");
        RankerTrainer trainer = RankerTrainer.init(ops, golden.config(loss), 1)) {
      trainer.update(golden.rankerBatch());
    }
  }
}
