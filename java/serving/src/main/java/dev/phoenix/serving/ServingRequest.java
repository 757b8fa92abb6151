package dev.phoenix.serving;

/**
 * One request.
 *
 * @param user whose history
 * @param task what is asked for
 * @param deadlineNanos when the caller stops waiting, on the clock of {@link System#nanoTime}
 */
public record ServingRequest(UserHistory user, Task task, long deadlineNanos) {
  /**
   * What waits of this request: of its history {@code read} alone, and the posts to leave out by
   * id, for those of the whole history are among them.
   */
  ServingRequest read(UserHistory read, ServingRules rules) {
    return new ServingRequest(read, resolved(rules), deadlineNanos);
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
