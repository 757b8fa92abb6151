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
  /** A request and what it waits with, beside its arrays. */
  private static final long OBJECT_BYTES = 1024;

  /** The cost of a scan of the corpus and of the request itself, in rows, about. */
  private static final int COST_ROWS = 64;

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
   * the whole history as ids, the current time if no impression time is given, and a deadline that
   * is not after {@code latest}.
   */
  ServingRequest read(UserHistory read, ServingRules rules, long latest) {
    long shown =
        impressionSeconds == 0 ? rules.clock().instant().getEpochSecond() : impressionSeconds;
    long deadline = deadlineNanos - latest > 0 ? latest : deadlineNanos;
    return new ServingRequest(read, resolved(rules), deadline, shown);
  }

  /**
   * The rows that a batch computes for this request: its history and its candidates, and some for
   * what every request costs.
   */
  int rows() {
    int candidates =
        switch (task) {
          case Task.Rank rank -> rank.postIds().length;
          case Task.Retrieve _ -> 0;
          case Task.Recommend recommend -> recommend.topK();
        };
    return COST_ROWS + user.length() + candidates;
  }

  /** The bytes that this request takes on the heap while it waits, roughly. */
  public long bytes() {
    long arrays =
        switch (task) {
          case Task.Rank rank ->
              2L * rank.postIds().length * Long.BYTES + (long) rank.created().length * Long.BYTES;
          case Task.Retrieve retrieve -> bytes(retrieve.exclusion());
          case Task.Recommend recommend -> bytes(recommend.exclusion());
        };
    return OBJECT_BYTES + user.bytes() + arrays;
  }

  private static long bytes(Exclusion exclusion) {
    return (long) exclusion.posts().size() * Long.BYTES;
  }

  private Task resolved(ServingRules rules) {
    return switch (task) {
      case Task.Rank rank -> rank;
      case Task.Retrieve(int topK, CorpusChoice choice, Exclusion exclusion) ->
          new Task.Retrieve(topK, choice, exclusion.resolve(user.seen(), rules.exclude()));
      case Task.Recommend(
              int topK,
              CorpusChoice choice,
              Exclusion exclusion,
              Task.Vectors vectors) ->
          new Task.Recommend(
              topK, choice, exclusion.resolve(user.seen(), rules.exclude()), vectors);
    };
  }
}
