package dev.phoenix.evaluation;

import java.util.Map;

/** A metric has no value; the message names the metric, what was found and what was expected. */
public final class MetricException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error with this message. */
  public MetricException(String message) {
    super(message);
  }

  /**
   * Requires that every metric is a finite number.
   *
   * @param subject what was measured, for the message
   * @param metrics values by name
   * @throws MetricException naming the first metric that is not
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
