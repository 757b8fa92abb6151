package dev.phoenix.scoring;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Weights of a ranker's outputs, by the names that {@link ModelOutputs#output} takes. Source:
 * docs/model.md#7-pipeline.
 *
 * @param weights names and their weights, in the order they are summed
 */
public record ScoreWeights(SequencedMap<String, Float> weights) {
  /** No weights. */
  public static final ScoreWeights NONE = new ScoreWeights(new LinkedHashMap<>());

  /** Largest magnitude of a weight; keeps weighted sums finite. */
  public static final float MAX_WEIGHT = 1e6f;

  /** Largest number of weights, more than a model has outputs. */
  public static final int MAX_COUNT = 256;

  /**
   * Copies the weights.
   *
   * @throws IllegalArgumentException for a weight that is not a number from -{@link #MAX_WEIGHT} to
   *     {@link #MAX_WEIGHT}
   */
  public ScoreWeights {
    weights = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(weights));
    Checks.requireRange("weights", weights.size(), 0, MAX_COUNT);
    weights.forEach(
        (name, weight) -> {
          if (!(Math.abs(weight) <= MAX_WEIGHT)) {
            throw new IllegalArgumentException(
                "expected a weight from -%.0f to %.0f, found '%s=%s'"
                    .formatted(MAX_WEIGHT, MAX_WEIGHT, name, weight));
          }
        });
  }

  /**
   * Reads {@code name=weight,name=weight}.
   *
   * @throws IllegalArgumentException naming the part that is not of that form
   */
  public static ScoreWeights parse(String text) {
    SequencedMap<String, Float> weights = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String name = part.substring(0, Math.max(0, equals)).strip();
      if (name.isEmpty()) {
        throw new IllegalArgumentException(
            "expected weights such as favorite=1,reply=0.5, found '" + part + "'");
      }
      float weight = number(part.substring(equals + 1).strip(), part);
      if (weights.put(name, weight) != null) {
        throw new IllegalArgumentException("the weight of '" + name + "' is given twice");
      }
    }
    return new ScoreWeights(weights);
  }

  /** The weights as {@link #parse} reads them. */
  @Override
  public String toString() {
    return weights.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  private static float number(String text, String part) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "expected a number as weight, found '" + part + "'", notANumber);
    }
  }
}
