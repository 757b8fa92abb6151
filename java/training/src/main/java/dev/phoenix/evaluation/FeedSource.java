package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.UserSequence;

/** Whatever shows a user a feed: the pipeline of this process, or a server. */
@FunctionalInterface
public interface FeedSource {
  /**
   * The feed of a user.
   *
   * @param user the whole history in time order; which end of a long one is read is the source's
   *     rule
   * @param shown when the feed is shown, in seconds since the epoch; 0 where the data set's times
   *     are no such seconds, or where it has none
   * @return post ids, 64 unsigned bits each, best first
   */
  long[] feed(UserSequence user, long shown);
}
