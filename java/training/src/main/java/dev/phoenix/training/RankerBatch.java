package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One step's users, candidates and what became of these, for the ranker. Source:
 * docs/model.md#9-training.
 *
 * @param histories B users
 * @param candidates their candidates, Q in all
 * @param targets [Q, A] 1 where an action happened, 0 else
 * @param negativeSample [Q] whether a candidate is a sampled negative: its negative-feedback
 *     actions and its dwell time are left out of the loss
 * @param dwellTargets [Q] seconds; empty where there are none and the continuous loss has no weight
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
