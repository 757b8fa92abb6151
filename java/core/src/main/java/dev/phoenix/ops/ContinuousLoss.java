package dev.phoenix.ops;

import java.util.Locale;

/** The loss of the ranker's dwell prediction p against its target t, both in [0, 1]. */
public enum ContinuousLoss {
  /** |p - t|. */
  MAE,
  /** (p - t)^2. */
  MSE,
  /** (p - t)^2 / 2 where |p - t| is at most 1, |p - t| - 1/2 beyond. */
  HUBER,
  /** Tweedie deviance of power 1.5, up to terms without p: 2 (t p^-1/2 + p^1/2). */
  TWEEDIE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The loss. */
  public double value(double p, double t) {
    double off = Math.abs(p - t);
    return switch (this) {
      case MAE -> off;
      case MSE -> off * off;
      case HUBER -> off <= 1 ? 0.5 * off * off : off - 0.5;
      case TWEEDIE -> 2 * t / Math.sqrt(p) + 2 * Math.sqrt(p);
    };
  }

  /** The derivative by p; 0 for {@link #MAE} at p = t. */
  public double slope(double p, double t) {
    double off = p - t;
    return switch (this) {
      case MAE -> Math.signum(off);
      case MSE -> 2 * off;
      case HUBER -> Math.max(-1, Math.min(1, off));
      case TWEEDIE -> (1 - t / p) / Math.sqrt(p);
    };
  }
}
