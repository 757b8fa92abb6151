package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A training batch of the ranker: users, candidates and targets. Source: docs/model.md#9-training.
 *
 * @param histories B users
 * @param candidates the users' candidates, Q in total
 * @param targets [Q, A] 1 where an action happened, 0 else
 * @param negativeSample [Q] whether a candidate is a sampled negative: its negative-feedback
 *     actions and its dwell time are left out of the loss
 * @param dwellTargets [Q] dwell times in seconds; may be empty if the continuous loss has no weight
 */
public record RankerBatch(
    HistoryBatch histories,
    CandidateBatch candidates,
    float[] targets,
    boolean[] negativeSample,
    float[] dwellTargets) {
  public RankerBatch {
    int count = candidates.posts().count();
    Sizes.require("candidate offsets", histories.users() + 1L, candidates.offsets().length);
    Sizes.require("negative samples", count, negativeSample.length);
    if (dwellTargets.length != 0) {
      Sizes.require("dwell targets", count, dwellTargets.length);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RankerBatch that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {histories, candidates, targets, negativeSample, dwellTargets};
  }
}
