package dev.phoenix.fit;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.training.TrainingConfig;

/**
 * What is chosen of a training, for either model.
 *
 * @param size of the model
 * @param learningRate of the dense parameters
 * @param embeddingRate of the embedding rows
 * @param weightDecay of the dense parameters
 * @param dropout share of elements dropped
 * @param warmupSteps steps until the rates are reached
 * @param batch users a batch
 * @param negatives sampled negatives: a batch's for retrieval, a user's for the ranker
 * @param seed of everything that is drawn
 */
public record Recipe(
    ModelSize size,
    double learningRate,
    double embeddingRate,
    double weightDecay,
    double dropout,
    int warmupSteps,
    int batch,
    int negatives,
    long seed) {
  private static final double CLIP = 1;

  public Recipe {
    if (batch < 1 || negatives < 0) {
      throw new IllegalArgumentException(
          "expected a batch of 1 user or more and no negative number of negatives, found %d and %d"
              .formatted(batch, negatives));
    }
  }

  TrainingConfig config(ModelConfig model, TrainingConfig.RetrievalLoss loss) {
    TrainingConfig usual = TrainingConfig.of(model);
    TrainingConfig.AdamW adam = usual.dense();
    TrainingConfig.RowwiseAdagrad adagrad = usual.embeddings();
    return new TrainingConfig(
        model,
        new TrainingConfig.AdamW(
            learningRate, adam.beta1(), adam.beta2(), adam.epsilon(), weightDecay),
        new TrainingConfig.RowwiseAdagrad(
            embeddingRate, adagrad.epsilon(), adagrad.initialAccumulator()),
        new TrainingConfig.Schedule(warmupSteps, 0, 1),
        CLIP,
        dropout,
        usual.initial(),
        loss,
        usual.ranker());
  }
}
