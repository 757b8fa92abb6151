package dev.phoenix.ops;

/** What the losses of a step add up to, kept where they are computed. */
public interface LossSum {
  /** Begins anew at zero. */
  void clear();

  /** The sum; waits for what it is of. */
  double loss();

  /** The sum of gradients by the log temperature; waits likewise. */
  double slope();
}
