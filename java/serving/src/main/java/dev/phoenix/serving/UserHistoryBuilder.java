package dev.phoenix.serving;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.FlatHistoryBuilder;
import dev.phoenix.feature.HistoryCut;
import dev.phoenix.serving.Rejection.Reason;
import java.util.Arrays;

/**
 * Makes a history while a request is decoded: checks every value, and keeps of the events only what
 * the models read and the posts. Not thread-safe.
 */
public final class UserHistoryBuilder {
  private static final int FIRST_POSTS = 64;

  private final FlatHistoryBuilder events;
  private long[] seen = new long[FIRST_POSTS];

  /**
   * Begins an empty history.
   *
   * @param cut what is read, see {@link ServingEngine#historyCut}
   */
  public UserHistoryBuilder(HistoryCut cut) {
    this.events = new FlatHistoryBuilder(cut);
  }

  /** The number of events so far. */
  public int count() {
    return events.count();
  }

  /** The number of actions of the event that is being read. */
  public int pendingActions() {
    return events.pendingActions();
  }

  /**
   * Adds an action to the event that is being read; of the same index, the last one counts.
   *
   * @throws Rejection if the value is so large that the model could not compute with it
   */
  public void action(int index, float value) {
    if (!(Math.abs(value) <= UserSequence.MAX_ACTION_VALUE)) {
      throw new Rejection(
          Reason.INVALID,
          "history[%d].actions[%d]: expected a value from %.0e to %.0e, found %s"
              .formatted(
                  count(),
                  index,
                  -UserSequence.MAX_ACTION_VALUE,
                  UserSequence.MAX_ACTION_VALUE,
                  value));
    }
    events.action(index, value);
  }

  /** Ends the event that is being read, whose surface and dwell time are unknown. */
  public void event(long postId, long authorId) {
    event(postId, authorId, 0, 0);
  }

  /**
   * Ends the event that is being read.
   *
   * @param surface the product surface; 0 if unknown
   * @param dwellSeconds the dwell time; 0 if unknown
   * @throws Rejection if the dwell time is not finite
   */
  public void event(long postId, long authorId, int surface, float dwellSeconds) {
    if (!Float.isFinite(dwellSeconds)) {
      throw new Rejection(
          Reason.INVALID,
          "history[%d]: expected a finite dwell time in seconds, found %s"
              .formatted(count(), dwellSeconds));
    }
    if (count() == seen.length) {
      seen = Arrays.copyOf(seen, 2 * seen.length);
    }
    seen[count()] = postId;
    events.event(postId, authorId, surface, dwellSeconds);
  }

  /**
   * The history.
   *
   * @param userIpId the id of the user's IP address; 0 if unknown
   */
  public UserHistory build(long userId, long userIpId) {
    return new UserHistory(
        events.build(userId, userIpId),
        events.from(),
        count(),
        new SeenPosts(Arrays.copyOf(seen, count())));
  }
}
