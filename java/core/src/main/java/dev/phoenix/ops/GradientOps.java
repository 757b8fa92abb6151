package dev.phoenix.ops;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;

/**
 * The operations of training: those of {@link Ops}, and parameters, the backward pass of every
 * operation, losses and optimisers. dY is the gradient of the loss by Y. Results are the first
 * arguments. An operation sets the rows in use of its result and overwrites them, unless it is
 * documented to add. Gradients of parameters are always added.
 *
 * <p>Results are float32 and bit-identical for any number of threads: sums over rows are split at
 * row numbers that do not depend on the threads. A {@link #lane} has the operations of {@link Ops}
 * alone.
 */
public interface GradientOps extends Ops {
  // Parameters

  /** Creates a parameter matrix [in, out] of zeros. */
  Trainable trainable(Scope scope, String name, Shape shape);

  /** Creates a scale [1, D] or a scalar [1, 1] of zeros. */
  Trainable trainableScale(Scope scope, String name, int columns);

  /**
   * Creates a matrix whose rows in use vary by batch (set by {@code value().useRows(n)} and {@code
   * gradient().useRows(n)}) and that no optimiser updates.
   */
  Trainable trainableRows(Scope scope, String name, Shape capacity);

  /**
   * Creates a tensor of another shape over the memory of {@code storage}, for matrices whose
   * columns vary by batch. The contents of {@code storage} are lost.
   */
  Tensor shaped(Tensor storage, Shape shape);

  /** Updates the packed copies that matrix products read from the values of {@code parameters}. */
  void refresh(List<? extends Trainable> parameters);

  /** Sets the gradients to zero. */
  void clearGradients(List<? extends Trainable> parameters);

  /** Creates an embedding table of zeros with accumulators of zero. */
  TrainableTable trainableTable(Scope scope, Shape shape);

  /** Creates an empty set of row gradients of {@code table}. */
  RowGradients rowGradients(Scope scope, TrainableTable table);

  // Products

  /** out[r] += x[r] · w: a forward operation that inference has in fused form only. */
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

  /** dTable[rows[r]] += dOut[r], in ascending r: the backward pass of addRows. */
  void addRowsGradient(Tensor dTable, Tensor dOut, int[] rows);

  /**
   * out[r] = the table rows {@code rows[r h]} to {@code rows[r h + h - 1]} side by side, for the
   * rows in use of {@code out}; h is out's columns / the table's columns.
   */
  void gather(Tensor out, TrainableTable table, int[] rows);

  /**
   * The backward pass of {@link #gather(Tensor, TrainableTable, int[])}; adds to {@code gradients}.
   * Rows 0 to 64 are reserved and get no gradient.
   */
  void gatherGradient(RowGradients gradients, Tensor dOut, int[] rows);

  /** x = x / (1 - rate), or 0 where dropped. Used in the forward and the backward pass. */
  void dropout(Tensor x, Dropout dropout);

  // Elements

  /** out = gelu(x). */
  void gelu(Tensor out, Tensor x);

  /** dX = dY gelu'(x). */
  void geluGradient(Tensor dx, Tensor dy, Tensor x);

  /** dX = dY silu'(x). */
  void siluGradient(Tensor dx, Tensor dy, Tensor x);

  /** out = gelu(gate) * up for rows [gate | up] of 2F columns. */
  void geglu(Tensor out, Tensor gateUp);

  /** out = sigmoid(x). */
  void sigmoid(Tensor out, Tensor x);

  /** The backward pass of {@link #geglu}. */
  void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp);

  // Norms

  /** dX and dScale += the gradients of y = rms(x) * scale. */
  void rmsNormGradientAdd(Tensor dx, Tensor dy, Tensor x, Trainable scale);

  /**
   * The backward pass of {@link #addNorm}: writes dBranch, adds to the gradient of {@code scale}.
   * The gradient of the residual is dSum itself.
   */
  void addNormGradient(Tensor dBranch, Tensor dSum, Tensor branch, Trainable scale);

  /**
   * The backward pass of {@link #addRmsNorm}. On entry dSum is the gradient from later uses of the
   * residual stream; the gradient through the norm is added, after which dSum is dResidual.
   */
  default void addRmsNormGradient(
      Tensor dSum, Tensor dBranch, Tensor dOut, NormPair<Trainable> pair) {
    rmsNormGradientAdd(dSum, dOut, pair.sum(), pair.nextScale());
    addNormGradient(dBranch, dSum, pair.branch(), pair.branchScale());
  }

  /** Rotates back in place: the backward pass of rope. */
  void ropeGradient(Tensor dx, RowLayout rows, RopeShape shape);

  // Attention

  /** The backward pass of attendHistory; adds to dQkv. */
  void attendHistoryGradient(AttentionGradient gradient, RowLayout rows, HeadShape shape);

  /**
   * The backward pass of attendCandidates; adds to the gradients of the candidate rows and of the
   * history's keys and values.
   */
  void attendCandidatesGradient(
      AttentionGradient gradient, RowLayout candidates, KeyValueGradient history, HeadShape shape);

  // Heads

  /** out[i] = the mean of the rows of prefix i of its segment of {@code rows}; zero for none. */
  void prefixMeans(Tensor out, Tensor x, RowLayout rows, Prefixes prefixes);

  /** The backward pass of {@link #prefixMeans}. */
  void prefixMeansGradient(Tensor dx, Tensor dOut, RowLayout rows, Prefixes prefixes);

  /** The backward pass of {@link #l2Normalize}, given its results y and lengths. */
  void l2NormalizeGradient(Tensor dx, Tensor dy, Tensor y, Tensor lengths);

  // Losses

  /** Creates a sum of losses, zero. */
  LossSum lossSum(Scope scope);

  /**
   * Adds the losses of consecutive queries to {@code sum} and replaces {@code dots} by the gradient
   * of the loss by the dot products.
   *
   * @param dots [rows, n] user · candidate
   * @param firstQuery the query of row 0
   * @param logTemperature [1, 1]
   * @param sum receives the loss and the gradient by the log temperature
   */
  void sampledSoftmax(
      Tensor dots, SoftmaxQueries queries, int firstQuery, Trainable logTemperature, LossSum sum);

  /** Adds the gradient by the log temperature in {@code sum} to the parameter's gradient. */
  void addTemperatureGradient(Trainable logTemperature, LossSum sum);

  /** Adds the ranker's loss to {@code sum} and writes its gradient by the logits to dLogits. */
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
   * Ends a training step: clips all gradients by their joint norm and updates parameters and table
   * rows. If the loss or a gradient is not finite, nothing is updated. A GPU backend takes this
   * decision on the device and copies the outcome back once, at the end.
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
}
