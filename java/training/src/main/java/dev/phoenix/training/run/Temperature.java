package dev.phoenix.training.run;

import dev.phoenix.training.TrainingConfig;

/**
 * The temperature of the two towers' softmax: cosines are divided by it.
 *
 * @param start where it begins
 * @param kind whether it is learned
 */
public record Temperature(double start, Kind kind) {
  /** Whether a temperature is learned. */
  public enum Kind {
    /** It is a parameter of the model. */
    LEARNED,
    /** It stays where it begins. */
    FIXED
  }

  @Override
  public String toString() {
    return start + (kind == Kind.LEARNED ? ", learned" : ", fixed");
  }

  public Temperature {
    TrainingConfig.RetrievalLoss.TEMPERATURES.require("temperature", start);
  }
}
