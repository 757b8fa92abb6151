package dev.phoenix.pipeline;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.PostAge;
import java.time.Instant;

/**
 * A request for a feed.
 *
 * @param sequence the user and the user's whole history
 * @param topK posts to retrieve and rank
 * @param exclude which posts of the history to leave out
 * @param excluded further posts to leave out
 * @param impressionSeconds when the posts are shown, in seconds since the epoch; 0 if unknown: then
 *     no post has an age
 */
public record FeedRequest(
    UserSequence sequence,
    int topK,
    Exclude exclude,
    ExcludedPosts excluded,
    long impressionSeconds) {
  public FeedRequest {
    PostAge.requireTime("impression time", impressionSeconds);
  }

  /**
   * A request with the server's defaults: without posts of the history, with post ages at {@code
   * impression}.
   */
  public static FeedRequest served(UserSequence sequence, int topK, Instant impression) {
    return new FeedRequest(
        sequence, topK, Exclude.SEEN, ExcludedPosts.NONE, impression.getEpochSecond());
  }

  /**
   * A request with the published script's defaults: with posts of the history, without post ages.
   */
  public static FeedRequest published(UserSequence sequence, int topK) {
    return new FeedRequest(sequence, topK, Exclude.NONE, ExcludedPosts.NONE, 0);
  }

  /** All posts to leave out. */
  ExcludedPosts leftOut() {
    long[] history = sequence.history().stream().mapToLong(Engagement::postId).toArray();
    return exclude.of(history).and(excluded);
  }
}
