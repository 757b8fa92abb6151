package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.feature.Exclude;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricsTest {
  @Test
  void rankMetricsAreThoseOfTheirDefinition() {
    RankMetrics metrics = new RankMetrics(new double[] {0, 1, 9, 10, 99});
    assertEquals(0.6, metrics.hitRate(10), 1e-12);
    assertEquals(0.8, metrics.hitRate(50), 1e-12);
    double gain = 1 + 1 / (Math.log(3) / Math.log(2)) + 1 / (Math.log(11) / Math.log(2));
    assertEquals(gain / 5, metrics.ndcg(10), 1e-12);
    assertEquals((1 + 0.5 + 0.1 + 1 / 11.0 + 0.01) / 5, metrics.meanReciprocalRank(), 1e-12);
    RankMetrics none = new RankMetrics(new double[0]);
    assertTrue(Double.isNaN(none.hitRate(10)) && Double.isNaN(none.ndcg(10)), "of no users");
    assertTrue(Double.isNaN(none.meanReciprocalRank()), "of no users");
    RankMetrics broken = new RankMetrics(new double[] {0, Double.NaN});
    assertTrue(Double.isNaN(broken.hitRate(10)), "a rank of NaN is not a miss");
    assertTrue(Double.isNaN(broken.ndcg(10)) && Double.isNaN(broken.meanReciprocalRank()));
    RankMetrics missed = new RankMetrics(new double[] {Double.POSITIVE_INFINITY});
    assertEquals(0, missed.hitRate(Integer.MAX_VALUE));
    assertEquals(0, missed.ndcg(10));
    assertEquals(0, missed.meanReciprocalRank());
  }

  private static LeaveOneOut split(int[]... sequences) {
    long[] ids = IntStream.rangeClosed(1, 6).asLongStream().toArray();
    Catalog catalog = new Catalog(ids, new long[6], new long[0], List.of(), List.of());
    List<UserEvents> users =
        IntStream.range(0, sequences.length)
            .mapToObj(u -> new UserEvents(u + 1, Events.of(sequences[u], Events.FAVORITE)))
            .toList();
    return LeaveOneOut.of(new Dataset("test", catalog, users));
  }

  @Test
  void rankingLeavesOutTheHistoryAndGivesNothingForTies() {
    LeaveOneOut split = split(new int[] {0, 1, 2});
    PostScorer descending = scorer(scores -> IntStream.range(0, 6).forEach(i -> scores[i] = 6 - i));
    assertEquals(0, rank(split, descending, Exclude.SEEN));
    assertEquals(2, rank(split, descending, Exclude.NONE), "behind the history");
    PostScorer same = scorer(scores -> java.util.Arrays.fill(scores, 1f));
    assertEquals(1.5, rank(split, same, Exclude.SEEN), "three others");
    assertEquals(2.5, rank(split, same, Exclude.NONE), "five others");
    PostScorer lowest = scorer(scores -> java.util.Arrays.fill(scores, Float.NEGATIVE_INFINITY));
    assertEquals(1.5, rank(split, lowest, Exclude.SEEN), "excluded posts take no places");
  }

  /** A NaN score makes the metric NaN, because the other scores cannot be trusted either. */
  @Test
  void aScoreThatIsNoNumberGivesNoMetric() {
    LeaveOneOut split = split(new int[] {0, 1, 2});
    for (int place = 0; place < 6; place++) {
      int broken = place;
      PostScorer scorer =
          scorer(
              scores -> {
                IntStream.range(0, 6).forEach(i -> scores[i] = 6 - i);
                scores[broken] = Float.NaN;
              });
      assertTrue(Double.isNaN(rank(split, scorer, Exclude.SEEN)), "NaN at " + place);
    }
    MetricException refused =
        assertThrows(
            MetricException.class,
            () -> MetricException.requireFinite("towers", Map.of("HR@10", Double.NaN)));
    assertTrue(
        String.valueOf(refused.getMessage())
            .contains("towers: expected a finite HR@10, found NaN"));
  }

  /** Excluding the history but not the target would reveal the target. */
  @Test
  void aTargetOfItsOwnHistoryIsLeftOutWithIt() {
    LeaveOneOut split = split(new int[] {0, 1, 2, 0}, new int[] {3, 4, 5, 1});
    assertEquals(0.5, split.repeatedShare(LeaveOneOut.Part.TEST));
    assertEquals(0, split.repeatedShare(LeaveOneOut.Part.VALIDATION));
    PostScorer descending = scorer(scores -> IntStream.range(0, 6).forEach(i -> scores[i] = 6 - i));
    double[] excluded =
        new FullRanking(split, Exclude.SEEN).evaluate(descending, LeaveOneOut.Part.TEST).ranks();
    assertArrayEquals(new double[] {Double.POSITIVE_INFINITY, 1}, excluded);
    double[] all =
        new FullRanking(split, Exclude.NONE).evaluate(descending, LeaveOneOut.Part.TEST).ranks();
    assertArrayEquals(new double[] {0, 1}, all);
  }

  /**
   * 54 % of the targets are in their own history. Excluding the history but not the target would
   * give popularity an NDCG@10 of .66.
   */
  @Test
  void repeatedTargetsAreAllExcludedOrAllRanked() throws URISyntaxException {
    Path file = Path.of(MetricsTest.class.getResource("repeats.inter").toURI());
    LeaveOneOut split = LeaveOneOut.of(DataFormat.MOVIELENS.read(file));
    assertEquals(0.54, split.repeatedShare(LeaveOneOut.Part.TEST), 0.01);
    Popularity popularity = Popularity.fit(split, LeaveOneOut.Part.TEST);
    assertEquals(
        0.148,
        new FullRanking(split, Exclude.SEEN).evaluate(popularity, LeaveOneOut.Part.TEST).ndcg(10),
        0.002);
    assertEquals(
        0.521,
        new FullRanking(split, Exclude.NONE).evaluate(popularity, LeaveOneOut.Part.TEST).ndcg(10),
        0.002);
  }

  private static double rank(LeaveOneOut split, PostScorer scorer, Exclude exclusion) {
    return new FullRanking(split, exclusion).evaluate(scorer, LeaveOneOut.Part.TEST).ranks()[0];
  }

  private static PostScorer scorer(java.util.function.Consumer<float[]> fill) {
    return new PostScorer() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
        fill.accept(scores);
      }
    };
  }

  @Test
  void simpleMethodsCountWhatTheySay() {
    LeaveOneOut split =
        split(new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 4}, new int[] {5, 1, 0, 2});
    LeaveOneOut.Fold fold = split.folds().getFirst();
    float[] scores = new float[6];
    Popularity.fit(split, LeaveOneOut.Part.TEST).score(scores, fold, LeaveOneOut.Part.TEST);
    assertEquals(3, scores[0]);
    assertEquals(2, scores[2]);
    assertEquals(0, scores[4], "a target is not counted");
    // History 0, 1, 2: cosines of post 5 are 1/sqrt(3), 1/sqrt(3), 0; decays 0.64, 0.8, 1.
    ItemKnn.fit(split, LeaveOneOut.Part.TEST).score(scores, fold, LeaveOneOut.Part.TEST);
    assertEquals((0.64 + 0.8) / Math.sqrt(3), scores[5], 1e-6);
    // Transitions: none from 2; two of three from 1 go to 2; of four from 0, two each go to 1 and
    // 2.
    MarkovChain.fit(split, LeaveOneOut.Part.TEST).score(scores, fold, LeaveOneOut.Part.TEST);
    assertEquals(2 / 3.0 / 2 + 2 / 4.0 / 3, scores[2], 1e-6);
  }

  @Test
  void actionMetricsAreThoseOfTheirDefinition() {
    ActionMetrics metrics =
        ActionMetrics.of(
            new float[] {0.9f, 0.8f, 0.8f, 0.1f}, new boolean[] {true, true, false, false});
    assertEquals(0.875, metrics.auc(), 1e-12, "of four pairs three and a half are in order");
    double expected = -(Math.log(0.9f) + Math.log(0.8f) + Math.log(0.2f) + Math.log(0.9f)) / 4;
    assertEquals(expected, metrics.logLoss(), 1e-6);
    assertEquals(Math.log(2), metrics.rateLogLoss(), 1e-12);
    // At .9, one positive with precision 1; at .8, another one with precision 2 / 3.
    assertEquals((1 + 2 / 3.0) / 2, metrics.averagePrecision(), 1e-12);
    assertEquals(
        100 * (1 - expected / Math.log(2)), metrics.relativeCrossEntropy(), 1e-4, "in percent");
  }

  @Test
  void sayingTheRateHasARelativeCrossEntropyOfNought() {
    ActionMetrics metrics =
        ActionMetrics.of(
            new float[] {0.25f, 0.25f, 0.25f, 0.25f}, new boolean[] {true, false, false, false});
    assertEquals(0, metrics.relativeCrossEntropy(), 1e-9);
    assertEquals(0.25, metrics.averagePrecision(), 1e-12, "one step of equal probabilities");
    assertEquals(0.5, metrics.auc(), 1e-12);
  }

  /** Compares with definitions that enumerate every pair and every threshold. */
  @Test
  void actionMetricsAreThoseOfBruteForce() {
    Random random = new Random(11);
    for (int round = 0; round < 50; round++) {
      int count = 2 + random.nextInt(40);
      float[] probabilities = new float[count];
      boolean[] happened = new boolean[count];
      for (int i = 0; i < count; i++) {
        // Few distinct values, so that ties are common.
        probabilities[i] = (1 + random.nextInt(8)) / 10f;
        happened[i] = random.nextBoolean();
      }
      happened[0] = true;
      happened[1] = false;
      ActionMetrics metrics = ActionMetrics.of(probabilities, happened);
      assertEquals(bruteAuc(probabilities, happened), metrics.auc(), 1e-12);
      assertEquals(brutePrecision(probabilities, happened), metrics.averagePrecision(), 1e-12);
      double rate = metrics.rate();
      double own = 0;
      double naive = 0;
      for (int i = 0; i < count; i++) {
        own -= Math.log(happened[i] ? probabilities[i] : 1.0 - probabilities[i]);
        naive -= Math.log(happened[i] ? rate : 1 - rate);
      }
      assertEquals(100 * (1 - own / naive), metrics.relativeCrossEntropy(), 1e-6);
    }
  }

  private static double bruteAuc(float[] probabilities, boolean[] happened) {
    double right = 0;
    double pairs = 0;
    for (int i = 0; i < happened.length; i++) {
      for (int j = 0; j < happened.length; j++) {
        if (happened[i] && !happened[j]) {
          right +=
              probabilities[i] > probabilities[j]
                  ? 1
                  : probabilities[i] == probabilities[j] ? .5 : 0;
          pairs++;
        }
      }
    }
    return right / pairs;
  }

  /** The mean over the positives of the precision among all that score at least as high. */
  private static double brutePrecision(float[] probabilities, boolean[] happened) {
    double sum = 0;
    double positives = 0;
    for (int i = 0; i < happened.length; i++) {
      if (happened[i]) {
        double above = 0;
        double found = 0;
        for (int j = 0; j < happened.length; j++) {
          above += probabilities[j] >= probabilities[i] ? 1 : 0;
          found += probabilities[j] >= probabilities[i] && happened[j] ? 1 : 0;
        }
        sum += found / above;
        positives++;
      }
    }
    return sum / positives;
  }

  @Test
  void actionMetricsThatAreNotDefinedAreNaN() {
    ActionMetrics one = ActionMetrics.of(new float[] {0.5f}, new boolean[] {true});
    assertTrue(Double.isNaN(one.auc()) && Double.isNaN(one.relativeCrossEntropy()));
    assertEquals(1, one.averagePrecision());
    ActionMetrics never = ActionMetrics.of(new float[] {0.5f}, new boolean[] {false});
    assertTrue(Double.isNaN(never.averagePrecision()) && Double.isNaN(never.auc()));
    ActionMetrics none = ActionMetrics.of(new float[0], new boolean[0]);
    assertTrue(Double.isNaN(none.rate()) && Double.isNaN(none.logLoss()));
    assertTrue(Double.isNaN(none.calibrationError()) && Double.isNaN(none.relativeCrossEntropy()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aProbabilityThatIsNoNumberGivesNoMetric(int place) {
    float[] probabilities = {0.9f, 0.8f, 0.3f, 0.1f};
    probabilities[place] = Float.NaN;
    ActionMetrics metrics =
        ActionMetrics.of(probabilities, new boolean[] {true, true, false, false});
    assertTrue(Double.isNaN(metrics.auc()), "a positive of NaN may not vanish");
    assertTrue(Double.isNaN(metrics.averagePrecision()));
    assertTrue(Double.isNaN(metrics.logLoss()));
    assertTrue(Double.isNaN(metrics.relativeCrossEntropy()));
    assertTrue(Double.isNaN(metrics.calibrationError()));
  }

  @Test
  void probabilitiesThatAreTrueAreCalibratedAndOthersAreNot() {
    Random random = new Random(3);
    int count = 20_000;
    float[] honest = new float[count];
    float[] boasting = new float[count];
    boolean[] happened = new boolean[count];
    for (int i = 0; i < count; i++) {
      honest[i] = random.nextFloat();
      boasting[i] = Math.min(1, honest[i] + 0.2f);
      happened[i] = random.nextFloat() < honest[i];
    }
    assertTrue(ActionMetrics.of(honest, happened).calibrationError() < 0.02);
    assertTrue(ActionMetrics.of(boasting, happened).calibrationError() > 0.15);
    assertEquals(
        count,
        ActionMetrics.of(honest, happened).bins().stream()
            .mapToInt(ActionMetrics.Bin::count)
            .sum());
  }
}
