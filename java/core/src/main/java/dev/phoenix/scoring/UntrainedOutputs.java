package dev.phoenix.scoring;

/** What becomes of a weight on an output that the training data had no labels for. */
public enum UntrainedOutputs {
  /** The weight is refused: such an output kept its random start and would order by noise. */
  REFUSED,
  /** The weight counts. */
  ALLOWED
}
