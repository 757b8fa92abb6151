package dev.phoenix.serving;

import java.util.List;

/**
 * The limits of a request. Decoders check every count before they allocate.
 *
 * @param history the maximum number of engagements; of more than S the model reads S
 * @param candidates the maximum number of candidates to rank
 * @param topK the maximum number of posts to retrieve
 * @param actions the maximum number of actions of an engagement
 * @param users the maximum number of requests in a message
 * @param excluded the maximum number of excluded posts that a request names
 */
public record RequestLimits(
    int history, int candidates, int topK, int actions, int users, int excluded) {
  /** About 16 MiB of logits and log-probabilities. */
  private static final int MAX_RESULTS = 1 << 16;

  /** The default limits, far above the needs of a feed. */
  public static final RequestLimits DEFAULT = new RequestLimits(4096, 2048, 1000, 128, 256, 16_384);

  /** Returns {@code found}, or throws a {@link Rejection} if it exceeds {@code most}. */
  public static int require(String what, int found, int most) {
    if (found > most) {
      throw new Rejection(
          Rejection.Reason.INVALID,
          "%s: expected at most %d, found %d".formatted(what, most, found));
    }
    return found;
  }

  /** Rejects a task with a count of 0 or above its limit. */
  void check(ServingRequest request) {
    require("engagements of the history", request.user().events(), history);
    switch (request.task()) {
      case Task.Rank rank -> {
        require("candidates", rank.postIds().length, candidates);
        requireSome("candidates", rank.postIds().length);
      }
      case Task.Retrieve(int k, CorpusChoice _, Exclusion exclusion) -> check(k, exclusion);
      case Task.Recommend(int k, CorpusChoice _, Exclusion exclusion, Task.Vectors _) ->
          check(k, exclusion);
    }
  }

  /** Rejects requests of one call whose responses would exceed the size of a message. */
  void checkTogether(List<ServingRequest> requests) {
    int results = 0;
    for (ServingRequest request : requests) {
      results +=
          switch (request.task()) {
            case Task.Rank rank -> rank.postIds().length;
            case Task.Retrieve retrieve -> Math.clamp(retrieve.topK(), 0, topK);
            case Task.Recommend recommend -> Math.clamp(recommend.topK(), 0, topK);
          };
      require("posts of all answers to a call", results, MAX_RESULTS);
    }
  }

  private void check(int found, Exclusion exclusion) {
    require("top K", found, topK);
    requireSome("top K", found);
    require("excluded posts", exclusion.posts().size(), excluded);
  }

  private static void requireSome(String what, int found) {
    if (found < 1) {
      throw new Rejection(
          Rejection.Reason.INVALID, "%s: expected at least 1, found %d".formatted(what, found));
    }
  }
}
