package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.DatasetException;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.feature.Exclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/**
 * Compares metrics with values calculated by hand for twelve posts, four authors and three topics.
 */
final class FeedEvaluationTest {
  private static final Catalog CATALOG =
      new Catalog(
          new long[] {10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21},
          new long[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 0},
          new long[0],
          List.of("a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c", ""),
          List.of());

  private static LeaveOneOut split(Catalog catalog, int[]... sequences) {
    List<UserEvents> users = new ArrayList<>();
    for (int[] posts : sequences) {
      users.add(new UserEvents(users.size() + 1L, Events.of(posts, Events.FAVORITE)));
    }
    return LeaveOneOut.of(new Dataset("test", catalog, users));
  }

  private static double metric(FeedMetrics found, String name) {
    return Objects.requireNonNull(found.summary().get(name), name);
  }

  @Test
  void aFeedIsMeasuredByWhatItShows() {
    LeaveOneOut split =
        split(CATALOG, new int[] {0, 1, 2}, new int[] {0, 1, 3, 4}, new int[] {3, 2, 1, 0});
    FeedEvaluation evaluation = new FeedEvaluation(split, LeaveOneOut.Part.TEST, Exclude.SEEN);
    Map<Long, long[]> feeds =
        Map.of(
            1L, new long[] {12, 21},
            2L, new long[] {10, 11, 14, 13},
            3L, new long[] {11, 12, 13});
    List<Integer> lengths = new ArrayList<>();
    FeedMetrics found =
        evaluation.measure(
            (UserSequence user, long _) -> {
              lengths.add(user.history().size());
              return feeds.getOrDefault(user.userId(), new long[0]);
            });
    assertEquals(List.of(2, 3, 3), lengths, "the whole history in front of the target");
    // Ranks 0, 2 and missed: log2(2 + 2) = 2.
    assertEquals(2 / 3.0, metric(found, "HR@10"), 1e-12);
    assertEquals((1 + 0.5) / 3, metric(found, "NDCG@10"), 1e-12);
    assertEquals(2 / 4.0, metric(found, "author coverage"), 1e-12, "authors 1 and 2");
    assertEquals(2 / 3.0, metric(found, "topic coverage"), 1e-12, "topics a and b");
  }

  @Test
  void coverageCountsTheFirstTenOfAFeedOnly() {
    LeaveOneOut split = split(CATALOG, new int[] {0, 1, 2});
    FeedMetrics found =
        new FeedEvaluation(split, LeaveOneOut.Part.TEST, Exclude.NONE)
            .measure((user, _) -> new long[] {10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 12, 20});
    assertEquals(0, metric(found, "HR@10"), "the target is the eleventh");
    assertEquals(0.25, metric(found, "author coverage"), 1e-12);
    assertEquals(1 / 3.0, metric(found, "topic coverage"), 1e-12);
  }

  @Test
  void whatTheDataDoNotNameHasNoCoverage() {
    Catalog bare =
        new Catalog(new long[] {1, 2, 3}, new long[3], new long[0], List.of(), List.of());
    FeedMetrics found =
        new FeedEvaluation(split(bare, new int[] {0, 1, 2}), LeaveOneOut.Part.TEST, Exclude.SEEN)
            .measure((user, _) -> new long[] {3});
    assertEquals(List.of("HR@10", "NDCG@10"), List.copyOf(found.summary().keySet()));
    assertEquals(1, metric(found, "HR@10"));
  }

  @Test
  void baselinesAreFeedsOfTheirOwnRanking() {
    LeaveOneOut split =
        split(CATALOG, new int[] {0, 1, 2}, new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 4});
    SequencedMap<String, FeedMetrics> found =
        new FeedEvaluation(split, LeaveOneOut.Part.TEST, Exclude.SEEN).baselines();
    assertEquals(List.of("popularity", "item-KNN", "Markov, 3 skips"), List.copyOf(found.keySet()));
    FeedMetrics popularity = found.firstEntry().getValue();
    RankMetrics ranks =
        new FullRanking(split, Exclude.SEEN)
            .evaluate(Popularity.fit(split, LeaveOneOut.Part.TEST), LeaveOneOut.Part.TEST);
    assertEquals(ranks.hitRate(10), metric(popularity, "HR@10"));
    assertEquals(ranks.ndcg(10), metric(popularity, "NDCG@10"));
    // Every user is shown nine or ten of twelve posts, which cover all authors and topics.
    assertEquals(1, metric(popularity, "author coverage"));
    List<int[]> shown =
        new FullRanking(split, Exclude.SEEN)
            .best(Popularity.fit(split, LeaveOneOut.Part.TEST), LeaveOneOut.Part.TEST, 3);
    // User 1 has seen posts 0 and 1. Post 2 has two events, the others none; ties by index.
    assertEquals(List.of(2, 3, 4), java.util.Arrays.stream(shown.getFirst()).boxed().toList());
  }

  @Test
  void aFeedOfOtherDataIsRefused() {
    FeedEvaluation evaluation =
        new FeedEvaluation(
            split(CATALOG, new int[] {0, 1, 2}), LeaveOneOut.Part.TEST, Exclude.SEEN);
    DatasetException refused =
        assertThrows(
            DatasetException.class, () -> evaluation.measure((user, _) -> new long[] {99}));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("found post 99"), message);
  }
}
