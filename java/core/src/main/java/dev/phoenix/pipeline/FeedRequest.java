package dev.phoenix.pipeline;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;

/**
 * What a feed is asked for.
 *
 * @param sequence the user and the user's whole history
 * @param topK posts to retrieve and rank
 * @param exclude which posts of the history are left out
 * @param excluded other posts to leave out
 */
public record FeedRequest(
    UserSequence sequence, int topK, Exclude exclude, ExcludedPosts excluded) {
  /** As the server answers: without the posts of the history. */
  public static FeedRequest served(UserSequence sequence, int topK) {
    return new FeedRequest(sequence, topK, Exclude.SEEN, ExcludedPosts.NONE);
  }

  /** As the published script answers: posts of the history are recommended again. */
  public static FeedRequest published(UserSequence sequence, int topK) {
    return new FeedRequest(sequence, topK, Exclude.NONE, ExcludedPosts.NONE);
  }

  /** All posts to leave out. */
  ExcludedPosts leftOut() {
    long[] history = sequence.history().stream().mapToLong(Engagement::postId).toArray();
    return exclude.of(history).and(excluded);
  }
}
