package dev.phoenix.ops;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * The operations of the model graph. Outputs are the first arguments; an operation sets the rows in
 * use of the tensors it writes. docs/model.md defines each operation; the tests compare every
 * backend with scalar definitions.
 *
 * <p>Not thread-safe; an instance may use several cores internally. Every row is computed from its
 * own inputs alone: results are bit-identical whatever else is in the batch.
 */
public interface Ops extends AutoCloseable {
  /** Added to the mean square in rms(x) = x / sqrt(mean(x²) + 1e-5). */
  double RMS_EPSILON = 1e-5;

  /** The smallest squared length by which {@link #l2Normalize} divides. */
  double L2_EPSILON = 1e-12;

  /** The backend's name: {@code cpu}, {@code cuda}, {@code emulated} or {@code reference}. */
  String name();

  /** The precision of the forward pass. */
  Precision precision();

  /**
   * Creates operations for another thread, on the same device and with as many cores but with their
   * own state and scratch memory. The lane can read the weights, tables and kept histories of this
   * object. Histories can be copied between lanes once a result of the pass that encoded them has
   * been read. Must be called between operations; the caller closes the lane before this object.
   */
  Ops lane();

  // Memory

  /** Creates a float32 tensor of capacity {@code capacity}, owned by {@code scope}. */
  Tensor tensor(Scope scope, String name, Shape capacity);

  /**
   * Like {@link #tensor}, for inputs of the transformer's matrix products: normed, rotated,
   * attended and gated rows. A backend may store them in its own precision and rounds values when
   * it writes them.
   */
  default Tensor activation(Scope scope, String name, Shape capacity) {
    return tensor(scope, name, capacity);
  }

  /** Creates a weight matrix [in, out] from dense, row-major values. */
  Weight matrix(Scope scope, Shape shape, float[] values);

  /**
   * Creates a weight matrix [in, out] whose products are float32 at every precision, for features,
   * heads and the candidate tower.
   */
  Weight floatMatrix(Scope scope, Shape shape, float[] values);

  /** Creates the weight of a gated feed-forward block from its two matrices [in, F]. */
  Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up);

  /** Creates the scale [D] of a norm, float32 at every precision. */
  Weight scale(Scope scope, float[] values);

  /**
   * Creates a table to gather from. {@code rows} must stay readable while the table is in use: a
   * CPU backend reads it in place.
   */
  RowTable rowTable(Scope scope, HostRows rows);

  /**
   * Creates an empty holder of keys and values of {@code layers} layers, which grows with the
   * batch.
   */
  KeyValues keyValues(Scope scope, int layers, HeadShape shape);

  /**
   * The preferred maximum of rows in one pass. Larger batches are faster in several passes, because
   * a CPU keeps a pass in its cache. A single request is never split.
   */
  int preferredRows();

  /**
   * The capacity to allocate for a pass of {@code rows} rows. A backend that computes in blocks of
   * rows rounds up, which also avoids reallocation for slightly larger requests.
   */
  default int capacityFor(int rows) {
    return rows;
  }

  /**
   * Whether the first passes of a size (rounded up by {@link #capacityFor}) are slower because the
   * backend prepares plans or graphs for it. Closing tensors may discard these.
   */
  default boolean preparesSizes() {
    return false;
  }

  // Tokens

  /**
   * out[r] = row r of {@code source}, for the rows in use of {@code out}, in the precision of
   * {@code out}.
   */
  void gather(Tensor out, RowSource source);

  /**
   * out[r] = the rows of {@code table} that {@code numbers} names for row r, side by side, for the
   * rows in use of {@code out}; its columns are a multiple of the table's.
   *
   * @throws IndexOutOfBoundsException if a number is not a row of the table
   */
  void gather(Tensor out, RowTable table, RowNumbers numbers);

  /** out[r] = x[r] · w, float32. */
  void matmul(Tensor out, Tensor x, Weight w);

  /** out[r] += table[rows[r]] for the rows in use of {@code out}. */
  void addRows(Tensor out, Tensor table, int[] rows);

  /**
   * tokens[r] += (2a - 1) · actions, (zero if all actions of the row are 0) + surfaces[r] +
   * gelu(dwell · in) · out. Source: docs/model.md#3-features.
   */
  void addHistoryFeatures(Tensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features);

  /** tokens[r] += surfaces[r] + ages[r]. Source: docs/model.md#3-features. */
  void addCandidateFeatures(Tensor tokens, IndexedRows surfaces, IndexedRows ages);

  /** out[r] = x[rows[r]] for the rows in use of {@code out}; -1 gives a row of zeros. */
  void takeRows(Tensor out, Tensor x, int[] rows);

  /** out[rows[r]] = x[r]; other rows of {@code out} keep their values. */
  void placeRows(Tensor out, Tensor x, int[] rows);

  /** out = silu(x), float32; {@code out} may be {@code x}. */
  void silu(Tensor out, Tensor x);

  // The layer

  /** out = rms(x) * scale; {@code out} is not {@code x}. */
  void rmsNorm(Tensor out, Tensor x, Weight scale);

  /**
   * pair.sum = residual + rms(pair.branch) * pair.branchScale, then out = rms(pair.sum) *
   * pair.nextScale. The sum may be {@code residual}.
   */
  void addRmsNorm(Tensor out, NormPair<?> pair, Tensor residual);

  /** sum = residual + rms(branch) * branchScale; {@code sum} may be {@code residual}. */
  void addNorm(Tensor sum, Tensor residual, Tensor branch, Weight branchScale);

  /**
   * Applies RoPE at the row's position to the first {@code shape.heads()} heads of every row and
   * rounds the whole row to the precision of activations.
   */
  void rope(Tensor x, RowLayout rows, RopeShape shape);

  /**
   * Stores the rotated keys and the values of fused rows [q | k | v] or [k | v] for {@code layer}.
   * The rows have the layout {@code keyValues.history()}.
   */
  void keep(KeyValues keyValues, int layer, Tensor qkv);

  /**
   * Copies the keys and values of {@code from} to {@code to} in every layer, one request per
   * element. {@code to} belongs to the same model and is not a source. The sources may be
   * overwritten or closed once this returns.
   */
  void copyHistories(KeyValues to, List<KeptHistory> from);

  /**
   * Every history row attends to itself and the earlier rows of its request in {@code keyValues}.
   */
  void attendHistory(Tensor out, Tensor qkv, KeyValues keyValues, int layer);

  /** Every candidate row attends to the history of its request and to itself. */
  void attendCandidates(
      Tensor out, Tensor qkv, RowLayout candidates, KeyValues keyValues, int layer);

  /** out = gelu(x · gate) * (x · up), in the precision of {@code out}. */
  void gatedMatmul(Tensor out, Tensor x, Weight gated);

  // Heads

  /** The mean of every segment's rows; zero for an empty one. */
  void meanPool(Tensor out, Tensor x, RowLayout rows);

  /** out[r] = x[r] / |x[r]|, lengths[r] = |x[r]| [rows, 1]; {@code out} is not {@code x}. */
  void l2Normalize(Tensor out, Tensor lengths, Tensor x);

  /**
   * logits = rms(hidden) * scale · head, probabilities = sigmoid(logits), float32 in every
   * precision. Source: docs/model.md#5-ranker-outputs.
   */
  void actionHeads(Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head);

  // Retrieval

  /**
   * Creates an index over the float32 corpus rows [N, D] in {@code rows}, which must stay readable
   * while the index is in use. {@code held} is the precision of the scanned copy.
   */
  CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held);

  /**
   * Updates the index after the rows [from, from + count) of its memory have changed. A backend
   * that scans that memory in place has nothing to do.
   */
  default void rereadRows(CorpusIndex index, int from, int count) {
    Objects.checkFromIndexSize(from, count, index.shape().rows());
  }

  /** The K best entries of the corpus for every user. */
  TopK topK(CorpusIndex index, TopKQuery query);

  @Override
  void close();
}
