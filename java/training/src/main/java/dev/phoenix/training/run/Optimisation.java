package dev.phoenix.training.run;

import dev.phoenix.training.TrainingConfig;

/**
 * How the parameters are moved.
 *
 * @param dense the optimiser of the dense parameters
 * @param embeddings the optimiser of the embedding rows
 * @param schedule of both learning rates
 * @param clipNorm the largest norm of all gradients together
 * @param dropout share of elements dropped
 */
public record Optimisation(
    TrainingConfig.AdamW dense,
    TrainingConfig.RowwiseAdagrad embeddings,
    RateSchedule schedule,
    double clipNorm,
    double dropout) {
  /** The usual rates, 100 steps of warm-up, gradients clipped at norm 1, a fifth dropped. */
  public static final Optimisation DEFAULT =
      new Optimisation(
          TrainingConfig.AdamW.DEFAULT,
          new TrainingConfig.RowwiseAdagrad(0.2, 1e-10, 0),
          RateSchedule.constant(100),
          1,
          0.2);

  public Optimisation {
    TrainingConfig.CLIP_NORMS.require("clip norm", clipNorm);
    TrainingConfig.DROPOUTS.require("dropout", dropout);
  }

  /** The same with other learning rates. */
  public Optimisation withRates(double denseRate, double embeddingRate) {
    return new Optimisation(
        new TrainingConfig.AdamW(
            denseRate, dense.beta1(), dense.beta2(), dense.epsilon(), dense.weightDecay()),
        new TrainingConfig.RowwiseAdagrad(
            embeddingRate, embeddings.epsilon(), embeddings.initialAccumulator()),
        schedule,
        clipNorm,
        dropout);
  }

  /** The same with another schedule. */
  public Optimisation withSchedule(RateSchedule other) {
    return new Optimisation(dense, embeddings, other, clipNorm, dropout);
  }

  /** The same with another share of elements dropped. */
  public Optimisation withDropout(double other) {
    return new Optimisation(dense, embeddings, schedule, clipNorm, other);
  }
}
