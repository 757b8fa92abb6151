package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A training process for kill tests, which saves a checkpoint after every step and prints a line.
 */
final class ChildTraining {
  private ChildTraining() {}

  /** Trains, and resumes from the checkpoint file in the first argument if it exists. */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    try (GradientOps ops = CpuGradientOps.create(1);
        RetrievalTrainer trainer =
            Files.exists(file)
                ? RetrievalTrainer.resume(ops, config(), file)
                : RetrievalTrainer.init(ops, config(), 5)) {
      while (true) {
        trainer.update(batch(trainer.step()));
        trainer.save(file, trainer.step());
        System.out.println(trainer.step());
      }
    }
  }

  static TrainingConfig config() {
    return new RandomTraining(model()).config(TrainingConfig.RetrievalLoss.DEFAULT, 0.1);
  }

  static RetrievalBatch batch(long step) {
    return new RandomTraining(model()).retrieval(step, 6, true);
  }

  private static ModelConfig model() {
    return RandomTraining.text().parse();
  }
}
