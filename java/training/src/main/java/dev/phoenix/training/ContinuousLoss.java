package dev.phoenix.training;

import dev.phoenix.kernels.reference.ContinuousLossReference.Distance;
import java.util.Locale;

/** The loss of the ranker's dwell prediction p against its target t, both in [0, 1]. */
public enum ContinuousLoss {
  /** |p - t|. */
  MAE(Distance.MAE),
  /** (p - t)^2. */
  MSE(Distance.MSE),
  /** (p - t)^2 / 2 where |p - t| is at most 1, |p - t| - 1/2 beyond. */
  HUBER(Distance.HUBER),
  /** Tweedie deviance of power 1.5, up to terms without p: 2 (t p^-1/2 + p^1/2). */
  TWEEDIE(Distance.TWEEDIE);

  private final Distance distance;

  ContinuousLoss(Distance distance) {
    this.distance = distance;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The function that computes this loss. */
  Distance distance() {
    return distance;
  }
}
