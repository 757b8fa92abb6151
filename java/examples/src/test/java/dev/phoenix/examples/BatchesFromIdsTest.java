package dev.phoenix.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.pipeline.Backend;
import dev.phoenix.testing.RepositoryFiles;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.RetrievalTrainer;
import dev.phoenix.training.Trainer;
import dev.phoenix.training.TrainingConfig;
import org.junit.jupiter.api.Test;

class BatchesFromIdsTest {
  private static final long SEED = 3;

  private static ModelConfig config(String model) {
    return ModelConfig.read(RepositoryFiles.path("checkpoints/demo/" + model + "/config.json"));
  }

  /** The loss of {@code batch} before and after ten steps on it. */
  private static <B> void learns(Trainer<B> trainer, B batch) {
    double before = trainer.loss(batch);
    for (int step = 0; step < 10; step++) {
      trainer.update(batch);
    }
    double after = trainer.loss(batch);
    assertTrue(after < before, "loss before %s, after %s".formatted(before, after));
  }

  @Test
  void theTowersLearnFromSuchBatches() {
    ModelConfig config = config("retrieval");
    try (GradientOps ops = Backend.CPU.openTraining(1);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, TrainingConfig.of(config), SEED)) {
      learns(trainer, new BatchesFromIds(config).retrieval());
    }
  }

  @Test
  void theRankerLearnsFromSuchBatches() {
    ModelConfig config = config("ranker");
    try (GradientOps ops = Backend.CPU.openTraining(1);
        RankerTrainer trainer = RankerTrainer.init(ops, TrainingConfig.of(config), SEED)) {
      learns(trainer, new BatchesFromIds(config).ranker());
    }
  }

  @Test
  void batchesOfEqualContentAreEqual() {
    BatchesFromIds batches = new BatchesFromIds(config("ranker"));
    assertEquals(batches.ranker(), batches.ranker());
    assertEquals(batches.ranker().hashCode(), batches.ranker().hashCode());
    assertEquals(batches.retrieval(), batches.retrieval());
    assertNotEquals(batches.retrieval().candidates(), batches.ranker().candidates().posts());
  }
}
