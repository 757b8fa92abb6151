package dev.phoenix.ops;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The targets of each query's row of scores s = dot / temperature. The loss of a query is the sum
 * over its positives p of weight_p (log(e^z_p + N) - z_p), where N sums e^(s_j + bias_j) over all
 * columns j, with the bias replaced where the query has an exception, and z_p = s_p + its own bias.
 * A bias of minus infinity leaves a column out.
 *
 * <p>Source: docs/model.md#9-training.
 *
 * @param bias [n] bias of every column
 * @param exceptionOffsets [Q + 1] query q owns exceptions {@code exceptionOffsets[q]} to {@code
 *     exceptionOffsets[q + 1]} (exclusive)
 * @param exceptionColumns columns whose bias is replaced, each at most once per query
 * @param exceptionBias the bias in these columns
 * @param positiveOffsets [Q + 1] query q owns positives {@code positiveOffsets[q]} to {@code
 *     positiveOffsets[q + 1]} (exclusive)
 * @param positiveColumns the columns of the positives
 * @param positiveBias the bias in z_p
 * @param positiveWeights weight_p
 */
public record SoftmaxQueries(
    float[] bias,
    int[] exceptionOffsets,
    int[] exceptionColumns,
    float[] exceptionBias,
    int[] positiveOffsets,
    int[] positiveColumns,
    float[] positiveBias,
    float[] positiveWeights) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SoftmaxQueries that
        && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {
      bias,
      exceptionOffsets,
      exceptionColumns,
      exceptionBias,
      positiveOffsets,
      positiveColumns,
      positiveBias,
      positiveWeights
    };
  }
}
