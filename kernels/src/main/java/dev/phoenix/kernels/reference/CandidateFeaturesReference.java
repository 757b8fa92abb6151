package dev.phoenix.kernels.reference;

/**
 * Adds product surface and post age to candidate tokens. Each table is already multiplied by
 * (folded with) its block of proj_mat_2. Source: docs/model.md#3-features.
 */
public final class CandidateFeaturesReference {
  private CandidateFeaturesReference() {}

  /**
   * The folded tables.
   *
   * @param surfaces [surfaces, D]
   * @param ages [age buckets, D]
   */
  public record Tables(float[] surfaces, float[] ages) {}

  /**
   * One entry per candidate.
   *
   * @param surfaces [rows], indices into the surface table
   * @param ages [rows], age buckets
   */
  public record Features(int[] surfaces, int[] ages) {}

  /**
   * Adds the features to the tokens.
   *
   * @param tokens [rows, D], updated in place
   */
  public static void apply(float[] tokens, Features features, Tables tables) {
    int rows = features.surfaces().length;
    int columns = rows == 0 ? 0 : tokens.length / rows;
    for (int row = 0; row < rows; row++) {
      for (int d = 0; d < columns; d++) {
        double surface = tables.surfaces()[features.surfaces()[row] * columns + d];
        double age = tables.ages()[features.ages()[row] * columns + d];
        tokens[row * columns + d] += (float) (surface + age);
      }
    }
  }
}
