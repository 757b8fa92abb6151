package dev.phoenix.ops;

/**
 * The gradients of the rows of a {@link TrainableTable} that one training step uses. The gradient
 * of a row is the sum over its uses, in the order in which they were added. Filled by {@link
 * GradientOps#gatherGradient}.
 */
public interface RowGradients {
  /** Removes all gradients. */
  void clear();

  /** The number of rows with a gradient. */
  int count();

  /** The table row of the {@code i}-th gradient. */
  int row(int i);

  /** Copies the {@code i}-th gradient [D]. */
  void copyGradient(int i, float[] to);
}
