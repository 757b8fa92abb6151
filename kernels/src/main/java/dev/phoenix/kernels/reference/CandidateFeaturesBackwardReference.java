package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link CandidateFeaturesReference} with respect to its folded tables. The gradient
 * of the input tokens equals that of the output tokens. Source: docs/model.md#3-features and
 * #9-training.
 */
final class CandidateFeaturesBackwardReference {
  private CandidateFeaturesBackwardReference() {}

  /**
   * Adds the gradients of the tables.
   *
   * @param gradTables shaped as the tables, added to
   * @param gradTokens [rows, D]
   */
  public static void apply(
      CandidateFeaturesReference.Tables gradTables,
      float[] gradTokens,
      CandidateFeaturesReference.Features features) {
    int rows = features.surfaces().length;
    int columns = rows == 0 ? 0 : gradTokens.length / rows;
    AddRowsBackwardReference.apply(gradTables.surfaces(), gradTokens, features.surfaces(), columns);
    AddRowsBackwardReference.apply(gradTables.ages(), gradTokens, features.ages(), columns);
  }
}
