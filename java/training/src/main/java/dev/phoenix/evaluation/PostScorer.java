package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;

/** Scores every post as the next post of a user. Thread-safe. */
public interface PostScorer {
  /** The name in result tables. */
  String name();

  /**
   * Scores every post for the user of {@code fold}, who has the history of {@code part}.
   *
   * @param scores [N], overwritten
   */
  void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part);
}
