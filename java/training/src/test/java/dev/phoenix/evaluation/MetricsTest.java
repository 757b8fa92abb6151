package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  @Test
  void rankMetricsAreThoseOfTheirDefinition() {
    RankMetrics metrics = new RankMetrics(new double[] {0, 1, 9, 10, 99});
    assertEquals(0.6, metrics.hitRate(10), 1e-12);
    assertEquals(0.8, metrics.hitRate(50), 1e-12);
    double gain = 1 + 1 / (Math.log(3) / Math.log(2)) + 1 / (Math.log(11) / Math.log(2));
    assertEquals(gain / 5, metrics.ndcg(10), 1e-12);
    assertEquals((1 + 0.5 + 0.1 + 1 / 11.0 + 0.01) / 5, metrics.meanReciprocalRank(), 1e-12);
    assertEquals(0, new RankMetrics(new double[0]).hitRate(10));
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
    FullRanking ranking = new FullRanking(split);
    assertEquals(0, ranking.evaluate(descending, LeaveOneOut.Part.TEST).ranks()[0]);
    PostScorer same = scorer(scores -> java.util.Arrays.fill(scores, 1f));
    assertEquals(1.5, ranking.evaluate(same, LeaveOneOut.Part.TEST).ranks()[0], "three others");
    PostScorer broken = scorer(scores -> java.util.Arrays.fill(scores, Float.NaN));
    assertEquals(6, ranking.evaluate(broken, LeaveOneOut.Part.TEST).ranks()[0], "never a hit");
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
    // After 2 comes nothing; of three steps after 1, two go to 2; of four after 0, two and two.
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
    assertTrue(Double.isNaN(ActionMetrics.of(new float[] {0.5f}, new boolean[] {true}).auc()));
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
