package dev.phoenix.serving;

import dev.phoenix.feature.PostAge;

/**
 * One request.
 *
 * @param user whose history
 * @param task what is asked for
 * @param deadlineNanos when the caller stops waiting, on the clock of {@link System#nanoTime}
 * @param impressionSeconds when the candidates are shown, in seconds since the epoch; 0 for now
 */
public record ServingRequest(
    UserHistory user, Task task, long deadlineNanos, long impressionSeconds) {
  public ServingRequest {
    requireTime("impression_time", impressionSeconds);
  }

  /** A request whose candidates are shown now. */
  public ServingRequest(UserHistory user, Task task, long deadlineNanos) {
    this(user, task, deadlineNanos, 0);
  }

  /**
   * {@code seconds} if they are a time or 0.
   *
   * @throws Rejection naming {@code what} where they are neither
   */
  static long requireTime(String what, long seconds) {
    try {
      return PostAge.requireTime(what, seconds);
    } catch (IllegalArgumentException wrong) {
      throw new Rejection(Rejection.Reason.INVALID, String.valueOf(wrong.getMessage()));
    }
  }

  /**
   * What waits of this request: of its history {@code read} alone, the posts to leave out by id,
   * for those of the whole history are among them, and the time that now is.
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
