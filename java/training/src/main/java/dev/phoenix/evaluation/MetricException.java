package dev.phoenix.evaluation;

import java.util.Map;

/** Thrown if a metric is not finite; the message names the metric, what was found and expected. */
public final class MetricException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error with this message. */
  public MetricException(String message) {
    super(message);
  }

  /**
   * Requires that every metric is a finite number.
   *
   * @param subject the measured object, for the message
   * @param metrics values by name
   * @throws MetricException naming the first metric that is not finite
   */
  public static void requireFinite(String subject, Map<String, Double> metrics) {
    metrics.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw new MetricException(
                "%s: expected a finite %s, found %s; scores that are not numbers, or no events to"
                        .formatted(subject, name, value)
                    + " measure on, give no metric");
          }
        });
  }
}
