package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.GradientBackend;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.testing.Closeness;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the golden cases of training on an emulated or real GPU, whose transformer is bfloat16. */
class EmulatedTrainingTest {
  /**
   * Vectors and logits have the bfloat16 error of the transformer, about 2^-8. The softmax
   * multiplies it by the inverse temperature, and every product and attention of the backward pass
   * adds as much again. Measured errors are 0.5% to 2.3%.
   */
  private static final double GRADIENT_BOUND = 0x1p-5;

  private static final double LOSS_BOUND = 0x1p-9;

  @ParameterizedTest
  @EnumSource(names = {"EMULATED", "CUDA"})
  void retrieval(GradientBackend backend) {
    Map<String, float[]> first = retrieval(backend, 2);
    Map<String, float[]> again = retrieval(backend, 1);
    first.forEach((name, values) -> assertArrayEquals(values, again.get(name), name));
  }

  /** Runs steps and returns the gradients of the first. */
  private static Map<String, float[]> retrieval(GradientBackend backend, int steps) {
    try (GoldenTraining golden = GoldenTraining.open("train_retrieval");
        GradientOps ops = backend.create(1);
        RetrievalTrainer trainer =
            RetrievalTrainer.init(ops, golden.config(TrainingConfig.RankerLoss.DEFAULT), 1)) {
      golden.load(trainer.state());
      return check(golden, trainer, golden.retrievalBatch(), steps);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EMULATED", "CUDA"})
  void ranker(GradientBackend backend) {
    TrainingConfig.RankerLoss loss = new TrainingConfig.RankerLoss(ContinuousLoss.MAE, 0.5);
    try (GoldenTraining golden = GoldenTraining.open("train_ranker");
        GradientOps ops = backend.create(1);
        RankerTrainer trainer = RankerTrainer.init(ops, golden.config(loss), 1)) {
      golden.load(trainer.state());
      check(golden, trainer, golden.rankerBatch(), 2);
    }
  }

  /** A step reads results from the device only once, at its end, loss and norm included. */
  @ParameterizedTest
  @EnumSource(names = {"EMULATED", "CUDA"})
  void aWarmStepIsOneRunOfTheDevice(GradientBackend backend) {
    try (GoldenTraining golden = GoldenTraining.open("train_retrieval");
        GradientOps ops = backend.create(1);
        RetrievalTrainer towers =
            RetrievalTrainer.init(ops, golden.config(TrainingConfig.RankerLoss.DEFAULT), 1)) {
      assertOneRun(ops, () -> towers.update(golden.retrievalBatch()));
    }
    try (GoldenTraining golden = GoldenTraining.open("train_ranker");
        GradientOps ops = backend.create(1);
        RankerTrainer ranker =
            RankerTrainer.init(ops, golden.config(TrainingConfig.RankerLoss.DEFAULT), 1)) {
      assertOneRun(ops, () -> ranker.update(golden.rankerBatch()));
    }
  }

  /**
   * Asserts that two warm steps replay two graphs, which means one run of recorded commands per
   * step.
   */
  private static void assertOneRun(GradientOps ops, Runnable step) {
    GpuOps device = (GpuOps) ops;
    for (int i = 0; i < 3; i++) {
      step.run();
    }
    long before = device.graphReplays();
    step.run();
    step.run();
    assertEquals(2, device.graphReplays() - before);
  }

  private static <B> Map<String, float[]> check(
      GoldenTraining golden, Trainer<B> trainer, B batch, int steps) {
    TrainingState state =
        trainer instanceof RankerTrainer ranker
            ? ranker.state()
            : ((RetrievalTrainer) trainer).state();
    double[] losses = golden.expected.get("losses").toDoubles();
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (int step = 0; step < steps; step++) {
      double loss = trainer.update(batch).loss();
      // The decrease of the loss in a step has the relative error of the gradient.
      double gained = step == 0 ? 0 : Math.abs(losses[step - 1] - losses[step]);
      double bound = LOSS_BOUND * losses[step] + GRADIENT_BOUND * gained;
      assertEquals(losses[step], loss, bound, "loss of step " + step);
      if (step == 0) {
        gradients.putAll(state.parameters().copy(Trainable::gradient));
        gradients.put("embedding_table", rows(state));
        gradients.forEach((name, values) -> checkGradient(golden, name, values));
      }
    }
    return gradients;
  }

  private static float[] rows(TrainingState state) {
    int columns = state.table().columns();
    float[] rows = new float[state.table().rows() * columns];
    RowGradients used = state.rowGradients();
    float[] row = new float[columns];
    for (int i = 0; i < used.count(); i++) {
      used.copyGradient(i, row);
      System.arraycopy(row, 0, rows, used.row(i) * columns, columns);
    }
    return rows;
  }

  private static void checkGradient(GoldenTraining golden, String name, float[] found) {
    float[] expected = golden.expected.get("grad:" + name).toFloats();
    double error = Closeness.relativeError(expected, found);
    assertTrue(error <= GRADIENT_BOUND, name + ": relative error " + error);
  }
}
