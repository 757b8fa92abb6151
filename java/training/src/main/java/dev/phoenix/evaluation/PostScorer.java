package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;

/** Whatever can say how well every post suits a user next. Used from several threads at once. */
public interface PostScorer {
  /** The name in tables. */
  String name();

  /**
   * Scores every post for the user of {@code fold}, who has the history of {@code part}.
   *
   * @param scores [N], overwritten
   */
  void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part);
}
