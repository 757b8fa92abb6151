package dev.phoenix.ops;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;

/**
 * What training needs besides {@link Ops}: parameters, the backward of every operation, losses and
 * optimisers. dY stands for the gradient of the loss by Y. Results come first; unless an operation
 * says that it adds, it takes the rows in use of its result from its operands and overwrites them.
 * Gradients of parameters are always added.
 *
 * <p>Everything is float32 and the same bits whatever the number of cores: sums over rows are cut
 * where the rows say, never where the threads do.
 */
public interface GradientOps extends AutoCloseable {
  /** The forward operations, on the same memory. */
  Ops ops();

  // Parameters

  /** A matrix [in, out], zero. */
  Trainable matrix(Scope scope, String name, Shape shape);

  /** A scale [1, D], or a scalar [1, 1], zero. */
  Trainable scale(Scope scope, String name, int columns);

  /**
   * A matrix whose rows in use change from batch to batch, {@code value().useRows(n)} and {@code
   * gradient().useRows(n)}, and which no optimiser moves.
   */
  Trainable rowMatrix(Scope scope, String name, Shape capacity);

  /**
   * A tensor of another shape over the memory of {@code storage}, for matrices whose columns change
   * from batch to batch; what {@code storage} held is lost.
   */
  Tensor shaped(Tensor storage, Shape shape);

  /** Makes the forms that products read follow the values. */
  void refresh(List<? extends Trainable> parameters);

  /** Sets the gradients to zero. */
  void clearGradients(List<? extends Trainable> parameters);

  /** An embedding table, zero, with accumulators of zero. */
  TrainableTable table(Scope scope, Shape shape);

  /** Room for the gradients of {@code table}. */
  RowGradients rowGradients(Scope scope, TrainableTable table);

  // Products

  /** out[r] += x[r] · w: a forward operation, which inference only has fused with others. */
  void matmulAdd(Tensor out, Tensor x, Weight w);

  /** dX = dY · Wᵀ. */
  void matmulInputGradient(Tensor dx, Tensor dy, Trainable w);

  /** dX += dY · Wᵀ. */
  void matmulInputGradientAdd(Tensor dx, Tensor dy, Trainable w);

  /** dW += Xᵀ · dY. */
  void matmulWeightGradient(Trainable w, Tensor x, Tensor dy);

  // Rows

  /** x = 0, for the rows in use. */
  void zero(Tensor x);

  /** out += x. */
  void add(Tensor out, Tensor x);

  /** dTable[rows[r]] += dOut[r], in ascending r: the backward of addRows. */
  void addRowsGradient(Tensor dTable, Tensor dOut, int[] rows);

  /**
   * out[r] = the table rows {@code rows[r h]} to {@code rows[r h + h - 1]} side by side, for the
   * rows in use of {@code out} and h its columns by the table's.
   */
  void gatherRows(Tensor out, TrainableTable table, int[] rows);

  /** Adds the gradients of what {@link #gatherRows} gathered; rows 0 to 64 have none. */
  void addRowGradients(RowGradients gradients, Tensor dOut, int[] rows);

  /** x = x / (1 - rate), or 0 where dropped; forward and backward alike. */
  void dropout(Tensor x, Dropout dropout);

  // Elements

  /** out = gelu(x). */
  void gelu(Tensor out, Tensor x);

  /** dX = dY gelu'(x). */
  void geluGradient(Tensor dx, Tensor dy, Tensor x);

  /** out = silu(x). */
  void silu(Tensor out, Tensor x);

  /** dX = dY silu'(x). */
  void siluGradient(Tensor dx, Tensor dy, Tensor x);

  /** out = gelu(gate) * up for rows [gate | up] of 2F. */
  void geglu(Tensor out, Tensor gateUp);

  /** out = sigmoid(x). */
  void sigmoid(Tensor out, Tensor x);

  /** d[gate | up] by dOut. */
  void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp);

  // Norms

  /** dX += the backward of rms(x) * scale; dScale += its own. */
  void rmsNormGradientAdd(Tensor dx, Tensor dy, Tensor x, Trainable scale);

  /** sum = residual + rms(branch) * scale. */
  void addNormed(Tensor sum, Tensor residual, Tensor branch, Trainable scale);

  /** dBranch by dSum; dScale += its own. */
  void addNormedGradient(Tensor dBranch, Tensor dSum, Tensor branch, Trainable scale);

  /** pair.sum = residual + rms(branch) * branchScale, out = rms(pair.sum) * nextScale. */
  default void addRmsNorm(Tensor out, NormPair pair, Tensor residual) {
    addNormed(pair.sum(), residual, pair.branch(), pair.branchScale());
    ops().rmsNorm(out, pair.sum(), pair.nextScale());
  }

  /**
   * The backward of {@link #addRmsNorm}: dSum, which comes with the gradient of what followed on
   * the residual stream, receives that through the norm besides and is then dResidual.
   */
  default void addRmsNormGradient(Tensor dSum, Tensor dBranch, Tensor dOut, NormPair pair) {
    rmsNormGradientAdd(dSum, dOut, pair.sum(), pair.nextScale());
    addNormedGradient(dBranch, dSum, pair.branch(), pair.branchScale());
  }

  /** Rotates back, in place: the backward of rope. */
  void ropeGradient(Tensor dx, RowLayout rows, RopeReference.Shape shape);

  // Attention

  /** The backward of attendHistory; adds. */
  void attendHistoryGradient(AttentionGradient gradient, RowLayout rows, AttentionShape shape);

  /** The backward of attendCandidates, to the candidates' own rows and to the history's; adds. */
  void attendCandidatesGradient(
      AttentionGradient gradient,
      RowLayout candidates,
      KeyValueGradient history,
      AttentionShape shape);

  // Heads

  /** out[i] = the mean of the rows of prefix i of its segment of {@code rows}; zero for none. */
  void prefixMeans(Tensor out, Tensor x, RowLayout rows, Prefixes prefixes);

  /** dX by dOut. */
  void prefixMeansGradient(Tensor dx, Tensor dOut, RowLayout rows, Prefixes prefixes);

  /** out[r] = x[r] / |x[r]|; lengths [rows, 1] are what was divided by. */
  void l2Normalize(Tensor out, Tensor lengths, Tensor x);

  /** dX by dY, for y = x / |x| and the lengths divided by. */
  void l2NormalizeGradient(Tensor dx, Tensor dy, Tensor y, Tensor lengths);

  // Losses

  /** A sum, zero. */
  LossSum lossSum(Scope scope);

  /**
   * The losses of a run of queries; every row of dot products becomes its gradient.
   *
   * @param dots [rows, n] user · candidate
   * @param firstQuery the query of row 0
   * @param logTemperature [1, 1]
   * @param sum the loss is added, and the gradient by the log temperature
   */
  void sampledSoftmax(
      Tensor dots, SoftmaxQueries queries, int firstQuery, Trainable logTemperature, LossSum sum);

  /** The gradient of the log temperature += what {@code sum} has of it. */
  void addTemperatureGradient(Trainable logTemperature, LossSum sum);

  /** The ranker's loss, added to {@code sum}, and its gradient by the logits. */
  void actionLoss(Tensor dLogits, Tensor logits, ActionTargets targets, LossSum sum);

  // Optimisers

  /** The sum of squares of all gradients. */
  double squaredNorm(List<? extends Trainable> parameters);

  /** The sum of squares of all gradients of rows. */
  double squaredNorm(RowGradients gradients);

  /** One step of AdamW. */
  void adamW(List<? extends Trainable> parameters, AdamStep step);

  /** One step of row-wise AdaGrad on the rows that have a gradient. */
  void rowwiseAdagrad(TrainableTable table, RowGradients gradients, AdagradStep step);

  /**
   * Ends a step of training: clips all gradients together and moves what has one, by both
   * optimisers, unless the loss or a gradient is not finite, which changes nothing. A device
   * decides by itself and is asked once, behind everything else.
   */
  default StepOutcome step(TrainedParts parts, LossSum sum, OptimizerStep step) {
    double loss = sum.loss();
    double norm = Math.sqrt(squaredNorm(parts.parameters()) + squaredNorm(parts.rows()));
    if (!Double.isFinite(norm) || !Double.isFinite(loss)) {
      return new StepOutcome(loss, norm, false);
    }
    double factor = norm > step.clipNorm() ? step.clipNorm() / norm : 1;
    adamW(parts.parameters(), step.dense().clipped(factor));
    refresh(parts.parameters());
    rowwiseAdagrad(parts.table(), parts.rows(), step.rows().clipped(factor));
    return new StepOutcome(loss, norm, true);
  }

  @Override
  void close();
}
