package dev.phoenix.training.run;

import dev.phoenix.training.NumberRange;
import dev.phoenix.training.TrainingConfig;

/**
 * How the learning rates go over a training: a linear warm-up, then a decay that ends with the last
 * epoch.
 *
 * @param decay how they fall after the warm-up
 * @param warmupSteps steps until the rates are reached
 * @param finalFactor the share of the rates that is left at the end
 */
public record RateSchedule(TrainingConfig.Decay decay, int warmupSteps, double finalFactor) {
  /** Steps until the rates are reached. */
  public static final NumberRange WARMUP_STEPS = NumberRange.of(0, 1 << 30);

  public RateSchedule {
    WARMUP_STEPS.require("warm-up steps", warmupSteps);
    TrainingConfig.Schedule.FINAL_FACTORS.require("final factor", finalFactor);
  }

  /** A warm-up, and then the rates as they are. */
  public static RateSchedule constant(int warmupSteps) {
    return new RateSchedule(TrainingConfig.Decay.CONSTANT, warmupSteps, 1);
  }

  /** The schedule of a training of {@code totalSteps} steps. */
  TrainingConfig.Schedule over(long totalSteps) {
    return new TrainingConfig.Schedule(warmupSteps, totalSteps, finalFactor, decay);
  }
}
