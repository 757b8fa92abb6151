package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import java.nio.file.Files;
import java.nio.file.Path;

/** A training to be killed: saves after every step, and says so. */
final class ChildTraining {
  private ChildTraining() {}

  /** Trains from the checkpoint in the file that the argument names, if there is one. */
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
