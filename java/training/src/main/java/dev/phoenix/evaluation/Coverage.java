package dev.phoenix.evaluation;

import dev.phoenix.dataset.Catalog;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;

/** Counts the authors and topics of the posts that users are shown. */
final class Coverage {
  private final Catalog catalog;
  private final Set<Long> authors = new HashSet<>();
  private final Set<String> topics = new HashSet<>();
  private final Set<Long> allAuthors = new HashSet<>();
  private final Set<String> allTopics = new HashSet<>();

  Coverage(Catalog catalog) {
    this.catalog = catalog;
    for (int post = 0; post < catalog.size(); post++) {
      count(post, allAuthors, allTopics);
    }
  }

  /** Adds the author and the topic of a post, if known. */
  private void count(int post, Set<Long> toAuthors, Set<String> toTopics) {
    if (catalog.authorIds()[post] != 0) {
      toAuthors.add(catalog.authorIds()[post]);
    }
    if (!catalog.topics().isEmpty() && !catalog.topics().get(post).isEmpty()) {
      toTopics.add(catalog.topics().get(post));
    }
  }

  /** Adds the posts shown to one user. */
  void add(int[] posts) {
    for (int post : posts) {
      count(post, authors, topics);
    }
  }

  FeedMetrics metrics(RankMetrics ranks) {
    return new FeedMetrics(
        ranks, share(authors.size(), allAuthors.size()), share(topics.size(), allTopics.size()));
  }

  private static OptionalDouble share(int found, int all) {
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) found / all);
  }
}
