package dev.phoenix.evaluation;

import java.util.LinkedHashMap;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * The accuracy of feeds and their coverage of the catalogue.
 *
 * @param ranks the rank of each user's target post in the feed
 * @param authorCoverage the fraction of authors with a post among the first {@link #SHOWN} of some
 *     user; empty if the data have no authors
 * @param topicCoverage the fraction of topics with such a post; empty if the data have no topics
 */
public record FeedMetrics(
    RankMetrics ranks, OptionalDouble authorCoverage, OptionalDouble topicCoverage) {
  /** The number of first posts of a feed that count for coverage. */
  public static final int SHOWN = 10;

  /** The available metrics by name. */
  public SequencedMap<String, Double> summary() {
    SequencedMap<String, Double> values = new LinkedHashMap<>();
    values.put("HR@10", ranks.hitRate(SHOWN));
    values.put("NDCG@10", ranks.ndcg(SHOWN));
    authorCoverage.ifPresent(share -> values.put("author coverage", share));
    topicCoverage.ifPresent(share -> values.put("topic coverage", share));
    return values;
  }
}
