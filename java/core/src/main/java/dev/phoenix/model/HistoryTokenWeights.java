package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The weights of user and history tokens. Source: docs/model.md#3-features.
 *
 * @param users proj_mat_1 [user hashes D, D]
 * @param posts the first block of proj_mat_3 [(item + author hashes) D, D]
 * @param surfaces [surfaces + 1, D], folded; the last row is zero
 * @param features the other small tables, folded
 */
record HistoryTokenWeights(
    Weight users, Weight posts, Tensor surfaces, HistoryFeatureTables features) {
  /**
   * Loads the weights. The model has a dwell input if its parameters include one.
   *
   * @param prefix the parameter name prefix of the model, ending in a slash
   */
  static HistoryTokenWeights load(
      Ops ops, Scope scope, ModelConfig config, ModelParameters parameters, String prefix) {
    int d = config.embSize();
    int postColumns = config.hashCounts().post() * d;
    float[] projection = parameters.get(prefix + "proj_mat_3");
    FoldedTables folded = new FoldedTables(projection, d, postColumns);
    Tensor surfaces =
        ops.tensor(
            scope, "surfaces", new Shape(config.features().productSurfaceVocabSize() + 1, d));
    surfaces.set(
        folded.foldWithZeroRow(parameters.get(prefix + "product_surface_embedding_table"), 1));
    Weight actions =
        ops.floatMatrix(
            scope,
            new Shape(config.actions().numActions(), d),
            folded.fold(parameters.get(prefix + "action_projection"), 0));
    return new HistoryTokenWeights(
        ops.floatMatrix(
            scope,
            new Shape(config.hashCounts().user() * d, d),
            parameters.get(prefix + "proj_mat_1")),
        ops.floatMatrix(
            scope, new Shape(postColumns, d), Arrays.copyOf(projection, postColumns * d)),
        surfaces,
        new HistoryFeatureTables(actions, loadDwell(ops, scope, folded, parameters, prefix)));
  }

  /** Proj1 [1, hidden] and the folded proj2 [hidden, D], which only a ranker has. */
  private static HistoryFeatureTables.@Nullable Dwell loadDwell(
      Ops ops, Scope scope, FoldedTables folded, ModelParameters parameters, String prefix) {
    if (!parameters.contains(prefix + "history_dwell_time_proj1")) {
      return null;
    }
    float[] in = parameters.get(prefix + "history_dwell_time_proj1");
    float[] out = folded.fold(parameters.get(prefix + "history_dwell_time_proj2"), 2);
    return new HistoryFeatureTables.Dwell(
        ops.floatMatrix(scope, new Shape(1, in.length), in),
        ops.floatMatrix(scope, new Shape(in.length, folded.columns()), out));
  }
}
