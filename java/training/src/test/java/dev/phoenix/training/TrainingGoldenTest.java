package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.testing.Closeness;
import org.junit.jupiter.api.Test;

/** Compares losses, first gradients, and parameters after steps 1 and 5 with the golden cases. */
class TrainingGoldenTest {
  /** docs/model.md#9-training. */
  private static final double BOUND = 1e-4;

  @Test
  void retrieval() {
    try (GoldenTraining golden = GoldenTraining.open("train_retrieval");
        GradientOps ops = CpuGradientOps.create(2);
        RetrievalTrainer trainer =
            RetrievalTrainer.init(ops, golden.config(TrainingConfig.RankerLoss.DEFAULT), 1)) {
      golden.load(trainer.state());
      check(golden, trainer, golden.retrievalBatch(), trainer.state());
    }
  }

  @Test
  void ranker() {
    // The weight in the case's config.json; the loss function is the default.
    TrainingConfig.RankerLoss loss = new TrainingConfig.RankerLoss(ContinuousLoss.MAE, 0.5);
    try (GoldenTraining golden = GoldenTraining.open("train_ranker");
        GradientOps ops = CpuGradientOps.create(2);
        RankerTrainer trainer = RankerTrainer.init(ops, golden.config(loss), 1)) {
      golden.load(trainer.state());
      check(golden, trainer, golden.rankerBatch(), trainer.state());
    }
  }

  private static <B> void check(
      GoldenTraining golden, Trainer<B> trainer, B batch, TrainingState state) {
    double[] losses = golden.expected.get("losses").toDoubles();
    for (int step = 0; step < losses.length; step++) {
      StepLog log = trainer.update(batch);
      assertEquals(losses[step], log.loss(), BOUND * losses[step], "loss of step " + step);
      if (step == 0) {
        checkGradients(golden, state);
        checkParameters(golden, state, "step1:");
      }
    }
    checkParameters(golden, state, "step5:");
  }

  private static void checkGradients(GoldenTraining golden, TrainingState state) {
    state
        .parameters()
        .copy(Trainable::gradient)
        .forEach((name, found) -> checkTensor(golden, "grad:" + name, found));
    int columns = state.table().columns();
    float[] rows = new float[state.table().rows() * columns];
    RowGradients used = state.rowGradients();
    float[] row = new float[columns];
    for (int i = 0; i < used.count(); i++) {
      used.copyGradient(i, row);
      System.arraycopy(row, 0, rows, used.row(i) * columns, columns);
    }
    checkTensor(golden, "grad:embedding_table", rows);
  }

  private static void checkParameters(GoldenTraining golden, TrainingState state, String prefix) {
    state
        .parameters()
        .copy(Trainable::value)
        .forEach((name, found) -> checkTensor(golden, prefix + name, found));
    float[] rows = new float[state.table().rows() * state.table().columns()];
    state.table().copyRows(0, state.table().rows(), rows);
    checkTensor(golden, prefix + "embedding_table", rows);
  }

  private static void checkTensor(GoldenTraining golden, String name, float[] found) {
    float[] expected = golden.expected.get(name).toFloats();
    double error = Closeness.relativeError(expected, found);
    assertTrue(error <= BOUND, name + ": relative error " + error);
  }
}
