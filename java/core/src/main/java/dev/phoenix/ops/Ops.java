package dev.phoenix.ops;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * The operations that the graph is written in. Outputs come first; a tensor's rows in use are set
 * by the operation that writes it. An operation has one definition, in {@code
 * dev.phoenix.kernels.reference}, and every implementation answers to it.
 *
 * <p>An instance serves one thread at a time, may use several cores inside, and computes every row
 * from that row's own inputs alone: what else is in the batch changes no bit of a result.
 */
public interface Ops extends AutoCloseable {
  /** The backend's name: {@code cpu}, {@code cuda}, {@code emulated} or {@code reference}. */
  String name();

  /** The precision of the forward pass. */
  Precision precision();

  /**
   * Operations for another thread, with state and scratch of their own, on the same device and as
   * many cores. They read weights, tables and kept histories of these; histories are copied from
   * one to the other once a result of the pass that encoded them has been read. The caller closes
   * them before these, and calls this between operations.
   */
  Ops lane();

  // Memory

  /** A float32 tensor with room for {@code capacity}, owned by {@code scope}. */
  Tensor tensor(Scope scope, String name, Shape capacity);

  /**
   * Like {@link #tensor} for rows that the transformer's products read: normed, rotated, attended
   * and gated rows. A backend may hold them in its precision; values that do not fit it are rounded
   * when they are written.
   */
  default Tensor activation(Scope scope, String name, Shape capacity) {
    return tensor(scope, name, capacity);
  }

  /** A matrix [in, out] to multiply by, values dense and row-major. */
  Weight matrix(Scope scope, Shape shape, float[] values);

  /**
   * A matrix [in, out] whose products are float32 in every precision: features, heads, the
   * candidate tower.
   */
  Weight floatMatrix(Scope scope, Shape shape, float[] values);

  /** The two matrices [in, F] of a gated feed-forward block, side by side. */
  Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up);

  /** A norm's scale [D], float32 in every precision. */
  Weight scale(Scope scope, float[] values);

  /**
   * A table to gather from. {@code rows} stays readable as long as the table is used: a CPU reads
   * it in place.
   */
  RowTable rowTable(Scope scope, HostRows rows);

  /** Room for the keys and values of histories of {@code layers} layers; grows with the batch. */
  KeyValues keyValues(Scope scope, int layers, AttentionShape shape);

  /**
   * Rows that one pass should have at most: beyond, a batch is better cut into several passes (a
   * CPU keeps a pass in its cache). A single request is never cut.
   */
  int preferredRows();

  /**
   * How many rows to make room for when a pass has {@code rows}: a backend that computes in steps
   * of rows has no use for less, and fewer growths for larger requests to come.
   */
  default int capacityFor(int rows) {
    return rows;
  }

  /**
   * Whether work of a size, rounded up to {@link #capacityFor}, is prepared when it comes for the
   * first times: plans, graphs. Closing tensors may lose what these operations have prepared.
   */
  default boolean preparesSizes() {
    return false;
  }

  // Tokens

  /**
   * out[r] = row r of {@code source}, for the rows in use of {@code out}, as activations are kept.
   */
  void gather(Tensor out, RowSource source);

  /**
   * out[r] = the rows of {@code table} that {@code numbers} names for row r, side by side, for the
   * rows in use of {@code out}; its columns are a multiple of the table's.
   *
   * @throws IndexOutOfBoundsException if a number is not that of a row
   */
  void gather(Tensor out, RowTable table, RowNumbers numbers);

  /** out[r] = x[r] · w, float32. */
  void matmul(Tensor out, Tensor x, Weight w);

  /** out[r] += table[rows[r]] for the rows in use of {@code out}. */
  void addRows(Tensor out, Tensor table, int[] rows);

  /**
   * tokens[r] += (2a - 1) · actions, all zero where nothing was done, + surfaces[r] + gelu(dwell ·
   * in) · out. Source: docs/model.md#3-features.
   */
  void addHistoryFeatures(Tensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features);

  /** tokens[r] += surfaces[r] + ages[r]. Source: docs/model.md#3-features. */
  void addCandidateFeatures(Tensor tokens, IndexedRows surfaces, IndexedRows ages);

  /** out[r] = x[rows[r]] for the rows in use of {@code out}; -1 gives a row of zeros. */
  void takeRows(Tensor out, Tensor x, int[] rows);

  /** out[rows[r]] = x[r]; the rows of {@code out} that none names keep their values. */
  void placeRows(Tensor out, Tensor x, int[] rows);

  /** x = silu(x), in place, float32. */
  void silu(Tensor x);

  // The layer

  /** out = rms(x) * scale; {@code out} is not {@code x}. */
  void rmsNorm(Tensor out, Tensor x, Weight scale);

  /** residual += rms(branch) * branchScale, then out = rms(residual) * nextScale. */
  void addRmsNorm(Tensor out, Tensor residual, Tensor branch, Weight branchScale, Weight nextScale);

  /** residual += rms(branch) * branchScale: the end of the last layer. */
  void addNorm(Tensor residual, Tensor branch, Weight branchScale);

  /**
   * Rotates the first {@code shape.heads()} heads of every row to the row's position and stores the
   * whole row as activations are kept.
   */
  void rope(Tensor x, RowLayout rows, RopeReference.Shape shape);

  /**
   * Keeps the rotated keys and the values of fused rows, [q | k | v] or [k | v], as those of {@code
   * layer}; the rows are those of {@code keyValues.history()}.
   */
  void keep(KeyValues keyValues, int layer, Tensor qkv);

  /**
   * Makes {@code to} hold what is kept of {@code from}, request by request, in every layer: what
   * was encoded in several passes, or long ago, becomes one batch, or one request is kept apart
   * from its batch. {@code to} is of the same model and is none of those copied from, which may be
   * written anew or closed once this returns.
   */
  void copyHistories(KeyValues to, List<KeptHistory> from);

  /** Every history row attends to its past, kept in {@code keyValues}. */
  void attendHistory(Tensor out, Tensor qkv, KeyValues keyValues, int layer);

  /** Every candidate row attends to the history of its request and to itself. */
  void attendCandidates(
      Tensor out, Tensor qkv, RowLayout candidates, KeyValues keyValues, int layer);

  /** out = gelu(x · gate) * (x · up), as activations are kept. */
  void gatedMatmul(Tensor out, Tensor x, Weight gated);

  // Heads

  /** The mean of every segment's rows; zero for an empty one. */
  void meanPool(Tensor out, Tensor x, RowLayout rows);

  /** out[r] = x[r] / |x[r]|, and the lengths divided by; {@code out} is not {@code x}. */
  void l2Normalize(Tensor out, float[] norms, Tensor x);

  /**
   * logits = rms(hidden) * scale · head, probabilities = sigmoid(logits), float32 in every
   * precision. Source: docs/model.md#5-ranker-outputs.
   */
  void actionHeads(Tensor probabilities, Tensor logits, Tensor hidden, Weight scale, Weight head);

  // Retrieval

  /**
   * An index over the corpus rows [N, D] float32 in {@code rows}, which stays readable as long as
   * the index is used; {@code held} says how the scanned copy is held.
   */
  CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held);

  /**
   * Says that the rows [from, from + count) of the index's memory have changed: later scans see
   * them as they are now. A backend that scans the rows where they lie has nothing to do.
   */
  default void rereadRows(CorpusIndex index, int from, int count) {
    Objects.checkFromIndexSize(from, count, index.shape().rows());
  }

  /** The K best entries of the corpus for every user. */
  TopK topK(CorpusIndex index, TopKQuery query);

  @Override
  void close();
}
