package dev.phoenix.training.run;

import dev.phoenix.dataset.LeaveOneOut;

/**
 * What a retrieval model is trained on.
 *
 * @param split the users and their engaged events
 * @param known per user, how many of the first events may be used
 */
record Training(LeaveOneOut split, int[] known) {
  /** All that comes before what {@code part} predicts. */
  static Training before(LeaveOneOut split, LeaveOneOut.Part part) {
    return new Training(split, split.known(part));
  }
}
