package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.evaluation.FeedSource;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.scoring.Scorer;
import java.util.Comparator;

/**
 * The feeds of a pipeline, as {@code evaluate} asks for them.
 *
 * @param scorer what orders a feed
 * @param topK posts to retrieve and rank
 * @param exclude which posts of the history are left out
 * @param order of the posts of a feed
 */
record PipelineFeeds(Pipeline pipeline, Scorer scorer, int topK, Exclude exclude, Order order)
    implements FeedSource {
  /** What a feed is ordered by. */
  enum Order {
    /** The user's vector alone, as without a ranker. */
    RETRIEVAL,
    /** The ranker's weighted outputs. */
    RANKER;

    private int rank(Feed.Item item) {
      return switch (this) {
        case RETRIEVAL -> item.retrievalRank();
        case RANKER -> item.rank();
      };
    }
  }

  @Override
  public long[] feed(UserSequence user, long shown) {
    FeedRequest request = new FeedRequest(user, topK, exclude, ExcludedPosts.NONE, shown);
    return pipeline.recommend(request, scorer).items().stream()
        .sorted(Comparator.comparingInt(order::rank))
        .mapToLong(Feed.Item::postId)
        .toArray();
  }
}
