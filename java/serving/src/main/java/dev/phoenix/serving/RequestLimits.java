package dev.phoenix.serving;

import java.util.List;

/**
 * What one request may ask for. Decoders hold every count against these before they make room for
 * it.
 *
 * @param history engagements; of more than S the model reads S
 * @param candidates candidates to rank
 * @param topK posts to retrieve
 * @param actions actions of one engagement
 * @param users requests of one message
 * @param excluded posts that one request names to be left out
 */
public record RequestLimits(
    int history, int candidates, int topK, int actions, int users, int excluded) {
  /** About 16 MiB of logits and log-probabilities. */
  private static final int MAX_RESULTS = 1 << 16;

  /** Far above what a feed asks for. */
  public static final RequestLimits DEFAULT = new RequestLimits(4096, 2048, 1000, 128, 256, 16_384);

  /** {@code found} if it is at most {@code most}, and a refusal otherwise. */
  public static int require(String what, int found, int most) {
    if (found > most) {
      throw new Rejection(
          Rejection.Reason.INVALID,
          "%s: expected at most %d, found %d".formatted(what, most, found));
    }
    return found;
  }

  /** Refuses a task that asks for nothing or too much. */
  void check(ServingRequest request) {
    require("engagements of the history", request.user().sequence().history().size(), history);
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

  /** Refuses requests of one call whose answers together would be too large for a message. */
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
