package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.training.NumberRange;
import dev.phoenix.training.TrainingConfig;

/**
 * What is chosen of a training, for either model.
 *
 * @param size of the model
 * @param architecture what else is chosen of the model
 * @param optimisation how the parameters are moved
 * @param batch users a batch
 * @param seed of everything that is drawn
 */
public record TrainingOptions(
    ModelSize size, Architecture architecture, Optimisation optimisation, int batch, long seed) {
  /** Users a batch. */
  public static final NumberRange BATCHES = NumberRange.of(1, 1 << 20);

  public TrainingOptions {
    BATCHES.require("batch", batch);
    architecture.requireFits(size);
  }

  /**
   * The configuration of a training.
   *
   * @param steps of the whole training
   */
  TrainingConfig config(
      ModelConfig model,
      TrainingConfig.RetrievalLoss retrieval,
      TrainingConfig.RankerLoss ranker,
      long steps) {
    return new TrainingConfig(
        model,
        optimisation.dense(),
        optimisation.embeddings(),
        optimisation.schedule().over(steps),
        optimisation.clipNorm(),
        optimisation.dropout(),
        TrainingConfig.Initial.DEFAULT,
        retrieval,
        ranker);
  }
}
