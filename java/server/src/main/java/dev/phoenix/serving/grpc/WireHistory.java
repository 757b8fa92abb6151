package dev.phoenix.serving.grpc;

import dev.phoenix.feature.HistoryCut;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.UserHistoryBuilder;
import java.util.List;
import java.util.function.Supplier;
import xai.recsys.v1.ActionInfo;
import xai.recsys.v1.AggregatedUserAction;
import xai.recsys.v1.UserActionSequence;

/**
 * Converts a sequence of aggregated actions to a history: one engagement per post, in the same
 * order, with its actions, the longest dwell time in seconds and the first surface given.
 */
final class WireHistory {
  private final RequestLimits limits;
  private final FeedPolicy policy;

  private final Supplier<HistoryCut> cut;

  /**
   * A converter.
   *
   * @param cut what is kept of a history
   */
  WireHistory(RequestLimits limits, FeedPolicy policy, Supplier<HistoryCut> cut) {
    this.limits = limits;
    this.policy = policy;
    this.cut = cut;
  }

  /** The history of a sequence without an IP id. */
  UserHistory of(UserActionSequence sequence) {
    return of(sequence, 0);
  }

  /**
   * The history of a sequence.
   *
   * @param userIpId the id of the user's IP address; 0 if unknown
   */
  UserHistory of(UserActionSequence sequence, long userIpId) {
    List<AggregatedUserAction> actions =
        sequence
            .getUserActionsData()
            .getOrderedAggregatedUserActionsList()
            .getAggregatedUserActionsList();
    int count =
        RequestLimits.require("engagements of the history", actions.size(), limits.history());
    UserHistoryBuilder history = new UserHistoryBuilder(cut.get());
    for (int i = 0; i < count; i++) {
      add(actions.get(i), history);
    }
    return history.build(sequence.getUserId(), userIpId);
  }

  private void add(AggregatedUserAction aggregated, UserHistoryBuilder history) {
    RequestLimits.require(
        "actions of an engagement", aggregated.getActionsCount(), limits.actions());
    for (ActionInfo action : aggregated.getActionsList()) {
      int index = policy.actionIndex(action.getActionNameValue());
      // 0 means that no action is given; negative numbers are not actions.
      if (action.getActionNameValue() > 0 && index >= 0) {
        history.action(index, 1f);
      }
    }
    history.event(
        aggregated.getTweetInfo().getTweetId(),
        aggregated.getTweetInfo().getAuthorId(),
        surface(aggregated),
        dwellSeconds(aggregated));
  }

  private static int surface(AggregatedUserAction aggregated) {
    for (ActionInfo action : aggregated.getActionsList()) {
      if (action.getUserActionMeta().getProductSurfaceValue() != 0) {
        return action.getUserActionMeta().getProductSurfaceValue();
      }
    }
    return 0;
  }

  private static float dwellSeconds(AggregatedUserAction aggregated) {
    double longest = 0;
    for (ActionInfo action : aggregated.getActionsList()) {
      double seconds = action.getUserActionMeta().getDwellTime();
      if (!Double.isFinite(seconds)) {
        throw new Rejection(Reason.INVALID, "dwellTime: expected a finite number of seconds");
      }
      longest = Math.max(longest, seconds);
    }
    return (float) Math.min(longest, Float.MAX_VALUE);
  }
}
