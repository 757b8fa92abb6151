package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.DatasetException;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.LeaveOneOut.Fold;
import dev.phoenix.dataset.LeaveOneOut.Part;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.PostAge;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Compares baselines with simple implementations, and checks what evaluations are made of. */
final class BaselinesTest {
  private static final int POSTS = 12;

  private static Catalog catalog(int posts) {
    long[] ids = IntStream.rangeClosed(1, posts).asLongStream().toArray();
    return new Catalog(ids, new long[posts], new long[0], List.of(), List.of());
  }

  private static LeaveOneOut random(Random random) {
    List<UserEvents> users = new ArrayList<>();
    for (int user = 1; user <= 15; user++) {
      int[] posts = random.ints(3 + random.nextInt(9), 0, POSTS).toArray();
      users.add(new UserEvents(user, Events.of(posts, Events.FAVORITE)));
    }
    return LeaveOneOut.of(new Dataset("test", catalog(POSTS), users));
  }

  private static float[] scores(PostScorer scorer, Fold fold, Part part) {
    float[] scores = new float[POSTS];
    Arrays.fill(scores, 7f);
    scorer.score(scores, fold, part);
    return scores;
  }

  @Test
  void markovChainsFollowTheirDefinition() {
    Random random = Seeds.random("markov");
    for (int round = 0; round < 10; round++) {
      LeaveOneOut split = random(random);
      for (Part part : Part.values()) {
        double[][] counts = new double[POSTS][POSTS];
        for (Fold fold : split.folds()) {
          int[] history = split.history(fold, part);
          for (int from = 0; from < history.length; from++) {
            for (int to = from + 1; to < history.length && to <= from + 3; to++) {
              counts[history[from]][history[to]] += history[from] == history[to] ? 0 : 1;
            }
          }
        }
        MarkovChain chain = MarkovChain.fit(split, part);
        for (Fold fold : split.folds()) {
          int[] history = split.history(fold, part);
          float[] expected = new float[POSTS];
          for (int k = 1; k <= 3 && k <= history.length; k++) {
            double[] row = counts[history[history.length - k]];
            double all = Arrays.stream(row).sum();
            for (int post = 0; post < POSTS; post++) {
              expected[post] += all == 0 ? 0 : (float) (row[post] / all / k);
            }
          }
          assertArrayEquals(expected, scores(chain, fold, part), 1e-6f, Seeds.replay());
        }
      }
    }
  }

  @Test
  void itemNeighboursFollowTheirDefinition() {
    Random random = Seeds.random("neighbours");
    for (int round = 0; round < 10; round++) {
      LeaveOneOut split = random(random);
      for (Part part : Part.values()) {
        Map<Integer, Set<Integer>> users = new HashMap<>();
        for (Fold fold : split.folds()) {
          for (int post : split.history(fold, part)) {
            users.computeIfAbsent(post, any -> new HashSet<>()).add(fold.user());
          }
        }
        ItemKnn neighbours = ItemKnn.fit(split, part);
        for (Fold fold : split.folds()) {
          int[] history = split.history(fold, part);
          float[] expected = new float[POSTS];
          for (int i = 0; i < history.length; i++) {
            Set<Integer> own = users.getOrDefault(history[i], Set.of());
            for (int post = 0; post < POSTS; post++) {
              Set<Integer> both = new HashSet<>(users.getOrDefault(post, Set.of()));
              double product = (double) own.size() * both.size();
              both.retainAll(own);
              double weight = Math.pow(0.8, history.length - 1 - i);
              expected[post] +=
                  post == history[i] || both.isEmpty()
                      ? 0
                      : (float) (weight * both.size() / Math.sqrt(product));
            }
          }
          assertArrayEquals(expected, scores(neighbours, fold, part), 1e-5f, Seeds.replay());
        }
      }
    }
  }

  @Test
  void popularityLeavesNegativeFeedbackOut() {
    int negative = 1 << Events.NOT_INTERESTED;
    int positive = 1 << Events.FAVORITE;
    Events events =
        new Events(
            new int[] {0, 1, 1, 2, 3, 4},
            new int[] {positive, negative, positive, positive, positive, positive},
            new float[0],
            new int[0],
            new long[0]);
    LeaveOneOut split =
        LeaveOneOut.of(new Dataset("test", catalog(POSTS), List.of(new UserEvents(1, events))));
    float[] found = scores(Popularity.fit(split, Part.TEST), split.folds().getFirst(), Part.TEST);
    float[] expected = new float[POSTS];
    expected[0] = 1;
    expected[1] = 1;
    expected[2] = 1;
    expected[3] = 1;
    assertArrayEquals(expected, found);
  }

  @Test
  void theBestPostsComeFirstAndExcludedOnesNotAtAll() {
    float[] scores = {5, 1, 5, 7, 0, Float.NEGATIVE_INFINITY};
    assertArrayEquals(new int[] {0, 2}, FullRanking.best(scores.clone(), new int[] {3}, 2));
    assertArrayEquals(new int[] {3, 0, 2, 1, 4}, FullRanking.best(scores.clone(), new int[0], 9));
    assertArrayEquals(new int[] {3}, FullRanking.best(scores.clone(), new int[0], 1));
    assertArrayEquals(new int[0], FullRanking.best(scores.clone(), new int[0], 0));
    assertArrayEquals(
        new int[] {4, 1, 0}, FullRanking.best(new float[] {1, 2, 3, 9, 3}, new int[] {2, 3}, 5));
  }

  @Test
  void vectorsAreComparedByTheirDotProduct() {
    LeaveOneOut split = random(new Random(1));
    List<Fold> folds = split.folds().subList(0, 2);
    float[] vectors = new float[2 * POSTS];
    for (int post = 0; post < POSTS; post++) {
      vectors[2 * post] = post;
      vectors[2 * post + 1] = 1;
    }
    VectorScorer scorer = new VectorScorer("towers", folds, new float[] {1, 2, -1, 3}, vectors, 2);
    assertEquals("towers", scorer.name());
    for (int post = 0; post < POSTS; post++) {
      assertEquals(post + 2, scores(scorer, folds.get(0), Part.TEST)[post]);
      assertEquals(3 - post, scores(scorer, folds.get(1), Part.TEST)[post]);
    }
    Fold other = split.folds().get(2);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> scores(scorer, other, Part.TEST));
    assertEquals("no vector of user 2", refused.getMessage());
  }

  @Test
  void baselinesAreMeasuredByName() {
    LeaveOneOut split = random(new Random(2));
    RetrievalEvaluation evaluation = new RetrievalEvaluation(split, Part.TEST, Exclude.NONE);
    Map<String, RankMetrics> found = evaluation.baselines();
    assertEquals(List.of("popularity", "item-KNN", "Markov, 3 skips"), List.copyOf(found.keySet()));
    FullRanking ranking = new FullRanking(split, Exclude.NONE);
    RankMetrics popularity = ranking.evaluate(Popularity.fit(split, Part.TEST), Part.TEST);
    assertEquals(popularity, found.get("popularity"));
    assertEquals(popularity.hashCode(), new RankMetrics(popularity.ranks().clone()).hashCode());
    assertNotEquals(popularity, new RankMetrics(new double[] {1}));
    assertNotEquals(popularity.hashCode(), new RankMetrics(new double[] {1}).hashCode());
    assertEquals(15, popularity.users());
    RankMetrics ranks = new RankMetrics(new double[] {0, 2, 20, 90});
    assertEquals(
        Map.of(
            "HR@10", 0.5,
            "NDCG@10", 1.5 / 4,
            "HR@50", 0.75,
            "NDCG@50", (1.5 + Math.log(2) / Math.log(22)) / 4,
            "MRR", (1 + 1 / 3.0 + 1 / 21.0 + 1 / 91.0) / 4),
        RetrievalEvaluation.summary(ranks));
  }

  @Test
  void dataWithoutHeldOutEventsAreRefused() {
    LeaveOneOut none =
        LeaveOneOut.of(
            new Dataset(
                "small",
                catalog(3),
                List.of(new UserEvents(1, Events.of(new int[] {0, 1}, Events.FAVORITE)))));
    String message = "small: expected a user with three positive events, found none";
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new RetrievalEvaluation(none, Part.TEST, Exclude.SEEN))
            .getMessage());
    assertEquals(
        message,
        assertThrows(
                DatasetException.class, () -> new FeedEvaluation(none, Part.TEST, Exclude.SEEN))
            .getMessage());
  }

  @Test
  void aFeedIsShownWhenItsEventHappened() {
    assertEquals(0, FeedEvaluation.shown(-1));
    assertEquals(PostAge.MAX_SECONDS, FeedEvaluation.shown(PostAge.MAX_SECONDS));
    assertEquals(0, FeedEvaluation.shown(PostAge.MAX_SECONDS + 1));
    Events events =
        new Events(
            new int[] {0, 1, 2},
            new int[] {2, 2, 2},
            new float[0],
            new int[0],
            new long[] {100, 200, 300});
    LeaveOneOut split =
        LeaveOneOut.of(new Dataset("test", catalog(3), List.of(new UserEvents(1, events))));
    List<Long> times = new ArrayList<>();
    for (Part part : List.of(Part.VALIDATION, Part.TEST)) {
      new FeedEvaluation(split, part, Exclude.SEEN)
          .measure(
              (user, shown) -> {
                times.add(shown);
                return new long[0];
              });
    }
    assertEquals(List.of(200L, 300L), times);
  }

  @Test
  void aLoggedUserIsASequenceOfTheActionsTaken() {
    Catalog catalog =
        new Catalog(
            new long[] {10, 11, 12}, new long[] {20, 21, 22}, new long[0], List.of(), List.of());
    Events events =
        new Events(
            new int[] {2, 0, 1},
            new int[] {1 << 31 | 1, 0, 1 << 4},
            new float[0],
            new int[0],
            new long[0]);
    assertEquals(
        new UserSequence(
            9,
            List.of(
                new Engagement(12, 22, new TreeMap<>(Map.of(0, 1f, 31, 1f))),
                new Engagement(11, 21, new TreeMap<>(Map.of(4, 1f))))),
        LoggedSequence.of(catalog, new UserEvents(9, events), new int[] {0, 2}));
  }

  @Test
  void aModelReadsTheLastEngagedEvents() {
    ModelConfig config = ConfigText.small().with("history_seq_len", 2).parse();
    Events events =
        new Events(new int[5], new int[] {1, 0, 2, 4, 8}, new float[0], new int[0], new long[0]);
    assertArrayEquals(new int[] {3, 4}, EngagedEvents.read(config, events, 5));
    assertArrayEquals(new int[] {2, 3}, EngagedEvents.read(config, events, 4));
    assertArrayEquals(new int[] {0}, EngagedEvents.read(config, events, 2));
  }

  @Test
  void anAgeIsThatOfTheEvent() {
    ModelConfig config = ConfigText.small().parse();
    Catalog catalog =
        new Catalog(new long[] {1, 2}, new long[2], new long[0], List.of(), List.of());
    long now = 1_700_000_000;
    Events events =
        new Events(new int[] {1}, new int[1], new float[0], new int[0], new long[] {now});
    assertEquals(0, LoggedAge.bucket(config, catalog, events, 0), "an id that tells no time");
    long hourAgo = ((now - 3600) * 1000 - 1_288_834_974_657L) << 22;
    Catalog snowflakes =
        new Catalog(new long[] {1, hourAgo}, new long[2], new long[0], List.of(), List.of());
    assertEquals(2, LoggedAge.bucket(config, snowflakes, events, 0));
    assertEquals(0, LoggedAge.bucket(config, snowflakes, 0, now));
    assertEquals(3, LoggedAge.bucket(config, snowflakes, 1, now + 3600));
  }
}
