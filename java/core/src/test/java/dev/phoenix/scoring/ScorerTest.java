package dev.phoenix.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Compares sums, the rule for negative sums, factors and ties with simple implementations. */
class ScorerTest {
  private static final int ROUNDS = 300;

  private final Random random = Seeds.random("scorer");

  static Scorer scorer(String weights) {
    return Scorer.create(ScoringReader.parse(weights), RandomFeeds.MODEL);
  }

  static int[] order(Ranking ranking) {
    return IntStream.range(0, ranking.count()).map(ranking::candidate).toArray();
  }

  /** Indices by falling score, ties by index. */
  private static int[] byScore(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  static ScoringOptions options(
      ScoreWeights weights, Map<String, Double> corpusFactors, Diversity diversity) {
    return new ScoringOptions(
        new OutputWeights(Optional.empty(), weights, UntrainedOutputs.REFUSED),
        ScoringOptions.DEFAULT_OFFSET,
        corpusFactors,
        diversity);
  }

  @Test
  void thePublishedPresetIsTheScriptsSumToTheBitAndStable() {
    Scorer scorer = scorer("published");
    for (int round = 0; round < ROUNDS; round++) {
      Candidates candidates = RandomFeeds.candidates(random, random.nextInt(70));
      Ranking ranking = scorer.rank(candidates);
      double[] scores = new double[candidates.count()];
      for (int i = 0; i < scores.length; i++) {
        float[] p = candidates.probabilities();
        int at = i * RandomFeeds.ACTIONS;
        float sum = 0;
        sum += 1f * p[at + 1];
        sum += 0.5f * p[at + 4];
        sum += 0.3f * p[at + 6];
        sum += 0.2f * p[at + 11];
        scores[i] = sum;
        assertEquals(sum, ranking.score(i));
      }
      assertArrayEquals(byScore(scores), order(ranking), Seeds.replay());
    }
  }

  @Test
  void equalScoresStayInTheOrderOfRetrieval() {
    for (int count = 0; count < 100; count++) {
      Candidates candidates = RandomFeeds.candidates(random, count);
      Arrays.fill(candidates.probabilities(), 0.5f);
      int[] expected = IntStream.range(0, count).toArray();
      assertArrayEquals(expected, order(scorer("favorite=1,action_17=-5").rank(candidates)));
    }
  }

  @Test
  void theOffsetRuleKeepsTheOrderOfSumsAndPutsNegativeOnesBelowItsShare() {
    int negative = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ScoreWeights weights = RandomFeeds.weights(random);
      Scorer scorer = Scorer.create(ScoringOptions.of(weights), RandomFeeds.MODEL);
      Candidates candidates = RandomFeeds.candidates(random, 50);
      Ranking ranking = scorer.rank(candidates);
      boolean hasNegative = weights.weights().values().stream().anyMatch(weight -> weight < 0);
      for (int place = 0; place < 50; place++) {
        ScoreExplanation above = ranking.explain(place);
        assertEquals(hasNegative, above.offset().isPresent());
        if (place + 1 < 50) {
          ScoreExplanation below = ranking.explain(place + 1);
          assertTrue(above.weightedSum() >= below.weightedSum(), Seeds.replay());
          assertTrue(above.score() >= below.score(), Seeds.replay());
        }
        if (hasNegative && above.weightedSum() < 0) {
          ScoreExplanation.Offset offset = above.offset().orElseThrow();
          assertTrue(above.score() >= 0, Seeds.replay());
          assertTrue(above.score() <= offset.share() * offset.offset(), Seeds.replay());
          negative++;
        } else if (hasNegative) {
          assertEquals(above.weightedSum() + 0.001, above.score());
        }
      }
    }
    assertTrue(negative > ROUNDS, "too few negative sums to tell");
  }

  @Test
  void theOffsetRuleIsThatOfTheDefinition() {
    Scorer scorer = scorer("favorite=1,action_17=-3");
    Candidates candidates = RandomFeeds.candidates(random, 3);
    float[] p = candidates.probabilities();
    for (int i = 0; i < 3; i++) {
      p[i * 19 + 1] = 0.5f;
      p[i * 19 + 17] = i / 2f;
    }
    Ranking ranking = scorer.rank(candidates);
    assertEquals(0.501, ranking.score(0));
    assertEquals((-1 + 3) / 4.0 * 0.001, ranking.score(1));
    assertEquals((-2.5 + 3) / 4.0 * 0.001, ranking.score(2));
  }

  @Test
  void aSumBelowZeroByRetrievalIsRaisedOnlyWhereFactorsWouldTurnIt() {
    Candidates candidates = RandomFeeds.candidates(random, 20);
    Ranking plain = scorer("retrieval=1").rank(candidates);
    for (int i = 0; i < 20; i++) {
      assertEquals(candidates.retrievalScores()[i], plain.score(i));
    }
    Diversity decay =
        new Diversity(Optional.of(AuthorDecay.PRODUCTION), Optional.empty(), Optional.empty());
    ScoreWeights weights = ScoreWeights.parse("retrieval=1");
    Ranking scaled =
        Scorer.create(options(weights, Map.of(), decay), RandomFeeds.MODEL).rank(candidates);
    for (int i = 0; i < 20; i++) {
      assertTrue(scaled.score(i) >= 0);
    }
  }

  @Test
  void withoutARankerRetrievalOrders() {
    ModelOutputs none = ModelOutputs.withoutRanker(ActionTaxonomy.ENUM);
    Scorer scorer = Scorer.create(Preset.RETRIEVAL.options(), none);
    long[] ids = {1, 2, 3};
    Ranking ranking = scorer.rank(Candidates.retrieved(ids, ids, new float[] {0.9f, 0.2f, -0.4f}));
    assertArrayEquals(new int[] {0, 1, 2}, order(ranking));
    assertEquals(-0.4f, ranking.score(2));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Scorer.create(Preset.PUBLISHED.options(), none));
    assertTrue(String.valueOf(refused.getMessage()).contains("retrieval"), refused.getMessage());
  }

  @Test
  void authorDecayAndCorpusFactorsAreThoseOfTheDefinition() {
    for (int round = 0; round < ROUNDS; round++) {
      AuthorDecay decay = new AuthorDecay(random.nextInt(5) / 4.0, random.nextInt(5) / 4.0);
      double factor = random.nextInt(5) / 4.0;
      Scorer scorer =
          Scorer.create(
              options(
                  RandomFeeds.weights(random),
                  Map.of("news", factor),
                  new Diversity(Optional.of(decay), Optional.empty(), Optional.empty())),
              RandomFeeds.MODEL);
      Candidates candidates = RandomFeeds.candidates(random, 1 + random.nextInt(60));
      Ranking ranking = scorer.rank(candidates);
      double[] scores = new double[candidates.count()];
      for (int place = 0; place < scores.length; place++) {
        ScoreExplanation explanation = ranking.explain(place);
        scores[ranking.candidate(place)] =
            explanation
                .offset()
                .map(ScoreExplanation.Offset::score)
                .orElse((double) explanation.weightedSum());
      }
      Map<Long, Integer> seen = new HashMap<>();
      for (int i : byScore(scores)) {
        long author = candidates.authorIds()[i];
        int n = author == 0 ? 0 : seen.merge(author, 1, Integer::sum) - 1;
        scores[i] *= Math.max(decay.floor(), Math.pow(decay.decay(), n));
      }
      String[] corpora = candidates.corpora();
      for (int i = 0; i < scores.length; i++) {
        scores[i] *= corpora != null && corpora[i].equals("news") ? factor : 1;
        assertEquals(scores[i], ranking.score(i), Seeds.replay());
      }
      assertArrayEquals(byScore(scores), order(ranking), Seeds.replay());
    }
  }

  @Test
  void theTermsOfAnExplanationMakeTheScore() {
    for (int round = 0; round < ROUNDS; round++) {
      ScoringOptions options = Preset.PRODUCTION.options();
      Candidates candidates = RandomFeeds.candidates(random, 40);
      Ranking ranking =
          Scorer.create(options, RandomFeeds.MODEL)
              .rank(candidates.withVectors(RandomFeeds.vectors(random, 40, 16)));
      for (int place = 0; place < 40; place++) {
        ScoreExplanation explanation = ranking.explain(place);
        float sum = 0;
        for (ScoreExplanation.Term term : explanation.terms()) {
          assertEquals(term.weight() * term.value(), term.product());
          sum += term.product();
        }
        assertEquals(sum, explanation.weightedSum());
        double offset = explanation.offset().orElseThrow().score();
        assertEquals(
            offset * explanation.authorFactor() * explanation.corpusFactor(),
            explanation.score(),
            1e-15);
        assertEquals(place, explanation.place());
      }
    }
  }

  @Test
  void aWeightedOutputThatIsNotFiniteIsAnErrorThatNamesPostAndOutput() {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Candidates candidates = RandomFeeds.candidates(random, 5);
      candidates.probabilities()[3 * 19 + 6] = value;
      NonFiniteScoreException refused =
          assertThrows(NonFiniteScoreException.class, () -> scorer("published").rank(candidates));
      String post = Long.toUnsignedString(candidates.postIds()[3]);
      assertEquals(
          "post " + post + ": expected a finite number as repost, found " + value,
          refused.getMessage());
    }
    Candidates candidates = RandomFeeds.candidates(random, 5);
    candidates.continuous()[8 + 1] = Float.NaN;
    candidates.retrievalScores()[4] = Float.NaN;
    for (String weights : List.of("dwell_time=1", "retrieval=1")) {
      NonFiniteScoreException refused =
          assertThrows(NonFiniteScoreException.class, () -> scorer(weights).rank(candidates));
      assertTrue(
          String.valueOf(refused.getMessage()).contains(weights.substring(0, weights.length() - 2)),
          refused.getMessage());
    }
  }

  @Test
  void outputsOfAnotherSizeAndMissingVectorsAreRefused() {
    Candidates candidates = RandomFeeds.candidates(random, 5);
    ModelOutputs other = new ModelOutputs(ActionTaxonomy.ENUM, 20, 8, Optional.empty(), 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> Scorer.create(Preset.PUBLISHED.options(), other).rank(candidates));
    assertThrows(IllegalArgumentException.class, () -> scorer("production").rank(candidates));
    assertThrows(IllegalArgumentException.class, () -> candidates.withVectors(new float[7]));
  }
}
