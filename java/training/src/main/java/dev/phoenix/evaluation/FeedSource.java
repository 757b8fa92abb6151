package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.UserSequence;

/** A source of feeds: a pipeline in this process, or a server. */
@FunctionalInterface
public interface FeedSource {
  /**
   * The feed of a user.
   *
   * @param user the whole history in time order; the source decides which end of a long history it
   *     reads
   * @param shown when the feed is shown, in seconds since the epoch; 0 if the dataset has no such
   *     times
   * @return post ids, 64 unsigned bits each, best first
   */
  long[] feed(UserSequence user, long shown);
}
