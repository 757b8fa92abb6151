package dev.phoenix.feature;

/**
 * How dwell times are scaled to [0, 1]. Source: docs/model.md#3-features.
 *
 * @param scaleSeconds the time in seconds at which longer times are clipped
 * @param logarithmic whether to scale by log1p(x) / log1p(scale) instead of x / scale
 */
public record DwellTime(float scaleSeconds, boolean logarithmic) {
  /** {@code seconds} clipped and scaled; a negative time counts as 0. */
  public float normalize(float seconds) {
    float clipped = Math.clamp(seconds, 0f, scaleSeconds);
    if (logarithmic) {
      return (float) (Math.log1p(clipped) / Math.log1p(scaleSeconds));
    }
    return clipped / scaleSeconds;
  }
}
