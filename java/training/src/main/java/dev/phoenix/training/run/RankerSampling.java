package dev.phoenix.training.run;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import java.util.stream.IntStream;

/**
 * Which candidates the ranker learns to tell apart, and is measured on.
 *
 * @param horizon the next impressions of a user that are predicted from one history
 * @param negatives posts that the user was not shown, to add to them with no action
 * @param popularityExponent how these are drawn: 0 all posts alike, 1 by popularity
 */
public record RankerSampling(int horizon, int negatives, double popularityExponent) {
  /** Sampled negatives where the data hold nothing else that a user left. */
  private static final int DEFAULT_NEGATIVES = 32;

  public RankerSampling {
    if (horizon < 1) {
      throw new IllegalArgumentException("expected a horizon of 1 or more, found " + horizon);
    }
    if (negatives < 0) {
      throw new IllegalArgumentException("expected 0 or more negatives, found " + negatives);
    }
    if (!(popularityExponent >= 0 && popularityExponent <= 1)) {
      throw new IllegalArgumentException(
          "expected a popularity exponent from 0 to 1, found " + popularityExponent);
    }
  }

  /**
   * What suits {@code dataset}. Impressions that led to nothing are the best negatives, and the
   * next {@code candidates} of them are predicted at once. Data without any, such as sequences,
   * name only what users took: there the very next post is predicted, because a feed is asked for
   * it, among posts that are drawn from the whole catalogue.
   */
  public static RankerSampling of(Dataset dataset, int candidates) {
    return dataset.users().stream().map(UserEvents::events).allMatch(RankerSampling::allEngaged)
        ? new RankerSampling(1, DEFAULT_NEGATIVES, 0)
        : new RankerSampling(candidates, 0, 0);
  }

  private static boolean allEngaged(Events events) {
    return IntStream.range(0, events.count()).allMatch(events::isEngaged);
  }
}
