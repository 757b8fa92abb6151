package dev.phoenix.ranking;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How action probabilities become one score: a weighted sum. Source: SPEC section 7.
 *
 * @param weights action names and their weights, in the order they are summed
 */
public record ScoreWeights(SequencedMap<String, Float> weights) {
  /** 1.0 favorite + 0.5 reply + 0.3 repost + 0.2 dwell. */
  public static final ScoreWeights DEFAULT = parse("favorite=1,reply=0.5,repost=0.3,dwell=0.2");

  /**
   * Reads {@code name=weight,name=weight}.
   *
   * @throws IllegalArgumentException naming the part that is not of that form
   */
  public static ScoreWeights parse(String text) {
    SequencedMap<String, Float> weights = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "expected weights such as favorite=1,reply=0.5, found '" + part + "'");
      }
      float weight = number(part.substring(equals + 1).strip(), part);
      if (weights.put(part.substring(0, equals).strip(), weight) != null) {
        throw new IllegalArgumentException("the weight of '" + part + "' is given twice");
      }
    }
    return new ScoreWeights(weights);
  }

  private static float number(String text, String part) {
    try {
      float weight = Float.parseFloat(text);
      if (Float.isFinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "expected a number as weight, found '" + part + "'", notANumber);
    }
    throw new IllegalArgumentException("expected a finite weight, found '" + part + "'");
  }

  /** The weights by index, for a model of {@code actions} actions named by {@code taxonomy}. */
  public Bound bind(ActionTaxonomy taxonomy, int actions) {
    int[] indices = new int[weights.size()];
    float[] factors = new float[weights.size()];
    int i = 0;
    for (Map.Entry<String, Float> weight : weights.entrySet()) {
      indices[i] = taxonomy.index(weight.getKey(), actions);
      factors[i++] = weight.getValue();
    }
    return new Bound(indices, factors);
  }

  /** Weights with the indices they apply to. */
  public record Bound(int[] indices, float[] factors) {
    /** The weighted sum of {@code probabilities} [A], in float32 and in order. */
    public float score(float[] probabilities) {
      float sum = 0;
      for (int i = 0; i < indices.length; i++) {
        sum += factors[i] * probabilities[indices[i]];
      }
      return sum;
    }
  }
}
