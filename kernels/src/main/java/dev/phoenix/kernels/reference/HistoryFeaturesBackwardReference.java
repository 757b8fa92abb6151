package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link HistoryFeaturesReference} with respect to its folded tables. The gradient of
 * the input tokens equals that of the output tokens. Source: docs/model.md#3-features and
 * #9-training.
 */
final class HistoryFeaturesBackwardReference {
  private HistoryFeaturesBackwardReference() {}

  /**
   * Adds the gradients of the tables.
   *
   * @param gradTables shaped as the tables, added to
   * @param gradTokens [rows, D]
   */
  public static void apply(
      HistoryFeaturesReference.Tables gradTables,
      float[] gradTokens,
      HistoryFeaturesReference.Features features,
      HistoryFeaturesReference.Tables tables) {
    int rows = features.surfaces().length;
    if (rows == 0) {
      return;
    }
    int columns = gradTokens.length / rows;
    AddRowsBackwardReference.apply(gradTables.surfaces(), gradTokens, features.surfaces(), columns);
    int actions = features.actions().length / rows;
    MatmulBackwardReference.right(
        gradTables.actions(),
        gradTokens,
        signs(features.actions(), actions),
        new MatmulReference.Shape(rows, actions, columns));
    dwell(gradTables, gradTokens, features.dwell(), tables);
  }

  /** 2a - 1 per action, or zeros where a row has no action at all: [rows, A]. */
  private static float[] signs(float[] actions, int count) {
    float[] signs = new float[actions.length];
    for (int row = 0; row < actions.length / count; row++) {
      boolean acted = false;
      for (int a = 0; a < count; a++) {
        acted |= actions[row * count + a] != 0;
      }
      for (int a = 0; acted && a < count; a++) {
        signs[row * count + a] = 2 * actions[row * count + a] - 1;
      }
    }
    return signs;
  }

  private static void dwell(
      HistoryFeaturesReference.Tables gradTables,
      float[] gradTokens,
      float[] dwell,
      HistoryFeaturesReference.Tables tables) {
    int hidden = tables.dwellIn().length;
    int columns = gradTokens.length / dwell.length;
    for (int i = 0; i < hidden; i++) {
      double gradIn = 0;
      double[] gradOut = new double[columns];
      for (int row = 0; row < dwell.length; row++) {
        double before = (double) dwell[row] * tables.dwellIn()[i];
        double after = ActivationReference.gelu(before);
        double through = 0;
        for (int d = 0; d < columns; d++) {
          double grad = gradTokens[row * columns + d];
          gradOut[d] += after * grad;
          through += grad * tables.dwellOut()[i * columns + d];
        }
        gradIn += through * ActivationBackwardReference.gelu(before) * dwell[row];
      }
      gradTables.dwellIn()[i] += (float) gradIn;
      for (int d = 0; d < columns; d++) {
        gradTables.dwellOut()[i * columns + d] += (float) gradOut[d];
      }
    }
  }
}
