package dev.phoenix.scoring;

/** Whether an output that the training data had no labels for may have a weight. */
public enum UntrainedOutputs {
  /** The weight is an error: such an output kept its random initial parameters, so it is noise. */
  REFUSED,
  /** The weight applies. */
  ALLOWED
}
