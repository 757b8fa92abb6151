package dev.phoenix.kernels.reference;

/**
 * Row-wise AdaGrad on the rows of an embedding table that a batch used: acc += mean(g²), row -= lr
 * g / (sqrt(acc) + eps), one accumulator per row. Source: docs/model.md#9-training.
 */
public final class RowwiseAdagradReference {
  private RowwiseAdagradReference() {}

  /** The constants of one step. */
  public record Settings(double learningRate, double epsilon) {}

  /**
   * Performs a step; unused rows are unchanged.
   *
   * @param table [vocabulary, D], updated in place
   * @param accumulators [vocabulary], updated in place
   * @param used rows and their gradients
   */
  public static void apply(
      float[] table,
      float[] accumulators,
      EmbeddingGatherBackwardReference.RowGradients used,
      Settings settings) {
    int count = used.rows().length;
    int columns = count == 0 ? 0 : used.gradients().length / count;
    for (int slot = 0; slot < count; slot++) {
      int row = used.rows()[slot];
      double squares = 0;
      for (int d = 0; d < columns; d++) {
        double g = used.gradients()[slot * columns + d];
        squares += g * g;
      }
      double accumulated = accumulators[row] + squares / columns;
      accumulators[row] = (float) accumulated;
      double rate = settings.learningRate() / (Math.sqrt(accumulated) + settings.epsilon());
      for (int d = 0; d < columns; d++) {
        double g = used.gradients()[slot * columns + d];
        table[row * columns + d] = (float) (table[row * columns + d] - rate * g);
      }
    }
  }
}
