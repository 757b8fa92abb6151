package dev.phoenix.kernels.reference;

/**
 * Adds signed actions, product surface and dwell time to history tokens. Each of the three features
 * is multiplied by its own block of proj_mat_3, so the small table of a feature is multiplied by
 * that block once (folded), and the concatenated row is never built. Source:
 * docs/model.md#3-features.
 */
public final class HistoryFeaturesReference {
  private HistoryFeaturesReference() {}

  /**
   * The folded tables.
   *
   * @param actions [A, D]: action_projection times its block
   * @param surfaces [surfaces, D]: the surface table times its block
   * @param dwellIn [hidden]: history_dwell_time_proj1; empty where the model has no dwell input
   * @param dwellOut [hidden, D]: history_dwell_time_proj2 times its block
   */
  public record Tables(float[] actions, float[] surfaces, float[] dwellIn, float[] dwellOut) {}

  /**
   * One row per history token.
   *
   * @param actions [rows, A]; a row of zeros adds nothing
   * @param surfaces [rows], indices into the surface table
   * @param dwell [rows], clipped and scaled to [0, 1]
   */
  public record Features(float[] actions, int[] surfaces, float[] dwell) {}

  /**
   * Adds the features to the tokens.
   *
   * @param tokens [rows, D], updated in place
   */
  public static void apply(float[] tokens, Features features, Tables tables) {
    int rows = features.surfaces().length;
    int columns = rows == 0 ? 0 : tokens.length / rows;
    int actions = rows == 0 ? 0 : features.actions().length / rows;
    for (int row = 0; row < rows; row++) {
      boolean acted = false;
      for (int a = 0; a < actions; a++) {
        acted |= features.actions()[row * actions + a] != 0;
      }
      for (int d = 0; d < columns; d++) {
        double sum = tables.surfaces()[features.surfaces()[row] * columns + d];
        for (int a = 0; acted && a < actions; a++) {
          double sign = 2.0 * features.actions()[row * actions + a] - 1;
          sum += sign * tables.actions()[a * columns + d];
        }
        for (int i = 0; i < tables.dwellIn().length; i++) {
          double hidden =
              ActivationReference.gelu((double) features.dwell()[row] * tables.dwellIn()[i]);
          sum += hidden * tables.dwellOut()[i * columns + d];
        }
        tokens[row * columns + d] += (float) sum;
      }
    }
  }
}
