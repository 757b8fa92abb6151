package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ranker that begins with the embedding rows of two towers. */
class RankerStartTest {
  private static final String TABLES = "embedding_tables.npz";

  @TempDir private Path folder;

  private static TrainingConfig config(RandomTraining random) {
    return random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0);
  }

  private Path export(Trainer<?> trainer, String name) {
    trainer.export(folder.resolve(name));
    return folder.resolve(name).resolve(TABLES);
  }

  @Test
  void itsRowsAreThoseOfTheTowers() throws IOException {
    TrainingConfig config = config(new RandomTraining(RandomTraining.text().parse()));
    try (GradientOps ops = CpuGradientOps.create(1);
        RetrievalTrainer towers = RetrievalTrainer.init(ops, config, 3)) {
      Path rows = export(towers, "retrieval");
      try (EmbeddingTables tables = EmbeddingTables.open(rows, config.model());
          RankerTrainer ranker = RankerTrainer.init(ops, config, 4, tables);
          RankerTrainer random = RankerTrainer.init(ops, config, 4)) {
        assertEquals(-1, Files.mismatch(rows, export(ranker, "ranker")));
        assertNotEquals(-1, Files.mismatch(rows, export(random, "random")));
      }
    }
  }

  @Test
  void towersWithOtherRowsAreRefused() {
    TrainingConfig config = config(new RandomTraining(RandomTraining.text().parse()));
    TrainingConfig larger =
        config(new RandomTraining(RandomTraining.text().with("item_vocab_size", 999).parse()));
    try (GradientOps ops = CpuGradientOps.create(1);
        RetrievalTrainer towers = RetrievalTrainer.init(ops, config, 3);
        EmbeddingTables tables = EmbeddingTables.open(export(towers, "towers"), config.model())) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> RankerTrainer.init(ops, larger, 4, tables));
      assertTrue(String.valueOf(refused.getMessage()).contains("item=999"), refused.getMessage());
    }
  }
}
