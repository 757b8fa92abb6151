package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.evaluation.FeedSource;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.scoring.Scorer;

/**
 * The feeds that {@code evaluate} measures.
 *
 * @param scorer scores the outputs of {@code pipeline}
 * @param topK posts to retrieve and rank
 * @param exclude which posts of the history are left out
 */
record PipelineFeeds(Pipeline pipeline, Scorer scorer, int topK, Exclude exclude)
    implements FeedSource {
  @Override
  public long[] feed(UserSequence user, long shown) {
    FeedRequest request = new FeedRequest(user, topK, exclude, ExcludedPosts.NONE, shown);
    return pipeline.recommend(request, scorer).items().stream()
        .mapToLong(Feed.Item::postId)
        .toArray();
  }
}
