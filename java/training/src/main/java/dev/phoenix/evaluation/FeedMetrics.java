package dev.phoenix.evaluation;

import java.util.LinkedHashMap;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * How good feeds are, and how much of the catalogue they show.
 *
 * @param ranks where the post that a user took stands in the user's feed
 * @param authorCoverage the share of all authors of whom some user's first {@link #SHOWN} hold a
 *     post; empty where the data name no authors
 * @param topicCoverage the same of topics
 */
public record FeedMetrics(
    RankMetrics ranks, OptionalDouble authorCoverage, OptionalDouble topicCoverage) {
  /** Posts of a feed that coverage counts. */
  public static final int SHOWN = 10;

  /** The metrics that exist, by name. */
  public SequencedMap<String, Double> summary() {
    SequencedMap<String, Double> values = new LinkedHashMap<>();
    values.put("HR@10", ranks.hitRate(SHOWN));
    values.put("NDCG@10", ranks.ndcg(SHOWN));
    authorCoverage.ifPresent(share -> values.put("author coverage", share));
    topicCoverage.ifPresent(share -> values.put("topic coverage", share));
    return values;
  }
}
