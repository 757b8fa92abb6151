package dev.phoenix.serving;

import dev.phoenix.feature.PostAge;

/**
 * A request.
 *
 * @param user the user and the history
 * @param task the task
 * @param deadlineNanos the deadline, on the clock of {@link System#nanoTime}
 * @param impressionSeconds the time at which candidates are shown, in seconds since the epoch; 0
 *     for now
 */
public record ServingRequest(
    UserHistory user, Task task, long deadlineNanos, long impressionSeconds) {
  public ServingRequest {
    requireTime("impression_time", impressionSeconds);
  }

  /** Creates a request whose candidates are shown now. */
  public ServingRequest(UserHistory user, Task task, long deadlineNanos) {
    this(user, task, deadlineNanos, 0);
  }

  /**
   * Returns {@code seconds} if it is a valid time or 0.
   *
   * @throws Rejection naming {@code what} otherwise
   */
  static long requireTime(String what, long seconds) {
    try {
      return PostAge.requireTime(what, seconds);
    } catch (IllegalArgumentException wrong) {
      throw new Rejection(Rejection.Reason.INVALID, String.valueOf(wrong.getMessage()));
    }
  }

  /**
   * The part of this request that is queued: the history cut to {@code read}, the excluded posts of
   * the whole history as ids, and the current time if no impression time is given.
   */
  ServingRequest read(UserHistory read, ServingRules rules) {
    long shown =
        impressionSeconds == 0 ? rules.clock().instant().getEpochSecond() : impressionSeconds;
    return new ServingRequest(read, resolved(rules), deadlineNanos, shown);
  }

  private Task resolved(ServingRules rules) {
    return switch (task) {
      case Task.Rank rank -> rank;
      case Task.Retrieve(int topK, CorpusChoice choice, Exclusion exclusion) ->
          new Task.Retrieve(topK, choice, exclusion.resolve(user.sequence(), rules.exclude()));
      case Task.Recommend(
              int topK,
              CorpusChoice choice,
              Exclusion exclusion,
              Task.Vectors vectors) ->
          new Task.Recommend(
              topK, choice, exclusion.resolve(user.sequence(), rules.exclude()), vectors);
    };
  }
}
