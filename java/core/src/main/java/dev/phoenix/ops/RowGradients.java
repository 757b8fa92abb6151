package dev.phoenix.ops;

/**
 * The gradients of the rows of a {@link TrainableTable} that one step uses, each the sum over the
 * row's uses in the order they were added. Filled by {@link GradientOps#addRowGradients}.
 */
public interface RowGradients {
  /** Forgets everything. */
  void clear();

  /** How many rows have a gradient. */
  int count();

  /** The row whose gradient is the {@code i}-th. */
  int row(int i);

  /** Copies the {@code i}-th gradient [D]. */
  void copyGradient(int i, float[] to);
}
