package dev.phoenix.ops;

/** The sum of the losses of a training step, kept in the memory of the backend. */
public interface LossSum {
  /** Resets both sums to zero. */
  void clear();

  /** The sum of losses; waits until the backend has computed them. */
  double loss();

  /** The sum of gradients by the log temperature; waits until the backend has computed them. */
  double slope();
}
