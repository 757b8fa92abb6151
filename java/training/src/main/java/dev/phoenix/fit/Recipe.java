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
    long seed) {
  private static final double CLIP = 1;

  public Recipe {
    if (batch < 1) {
      throw new IllegalArgumentException("expected a batch of 1 user or more, found " + batch);
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
