package dev.phoenix.pipeline;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.PostAge;
import java.time.Instant;

/**
 * What a feed is asked for.
 *
 * @param sequence the user and the user's whole history
 * @param topK posts to retrieve and rank
 * @param exclude which posts of the history are left out
 * @param excluded other posts to leave out
 * @param impressionSeconds when the posts are shown, in seconds since the epoch; 0 where the age of
 *     posts is unknown
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
   * As the server answers: without the posts of the history, and posts have the age that they have
   * at {@code impression}.
   */
  public static FeedRequest served(UserSequence sequence, int topK, Instant impression) {
    return new FeedRequest(
        sequence, topK, Exclude.SEEN, ExcludedPosts.NONE, impression.getEpochSecond());
  }

  /** As the published script answers: posts of the history again, and posts without age. */
  public static FeedRequest published(UserSequence sequence, int topK) {
    return new FeedRequest(sequence, topK, Exclude.NONE, ExcludedPosts.NONE, 0);
  }

  /** All posts to leave out. */
  ExcludedPosts leftOut() {
    long[] history = sequence.history().stream().mapToLong(Engagement::postId).toArray();
    return exclude.of(history).and(excluded);
  }
}
