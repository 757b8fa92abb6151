package dev.phoenix.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Compares sums, the rule for negative sums, factors and ties with simple implementations. */
class ScorerTest {
  private static final int ROUNDS = 300;

  private final Random random = Seeds.random("scorer");

  private static Scorer scorer(String weights) {
    return Scorer.create(ScoringReader.parse(weights), RandomFeeds.MODEL);
  }

  private static int[] order(Ranking ranking) {
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

  private static ScoringOptions options(
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

  private static Candidates retrieved(float... scores) {
    long[] ids = IntStream.rangeClosed(1, scores.length).mapToLong(i -> 10L * i).toArray();
    return Candidates.retrieved(ids, ids, scores)
        .withOutputs(
            new float[scores.length * RandomFeeds.ACTIONS],
            new float[scores.length * RandomFeeds.CONTINUOUS]);
  }

  @Test
  void sumsOfPositiveWeightsOfProbabilitiesNeedNoOffsetBesideFactors() {
    Diversity decay =
        new Diversity(Optional.of(AuthorDecay.PRODUCTION), Optional.empty(), Optional.empty());
    Scorer scorer =
        Scorer.create(
            options(ScoreWeights.parse("favorite=2"), Map.of("news", 0.5), decay),
            RandomFeeds.MODEL);
    Candidates candidates = retrieved(0, 0).withCorpora(new String[] {"news", "default"});
    candidates.probabilities()[1] = 0.5f;
    candidates.probabilities()[RandomFeeds.ACTIONS + 1] = 0.25f;
    Ranking ranking = scorer.rank(candidates);
    assertEquals(0.5, ranking.score(0));
    assertEquals(0.5, ranking.score(1));
    ScoreExplanation first = ranking.explain(0);
    assertEquals(Optional.empty(), first.offset());
    assertEquals(1, first.authorFactor());
    assertEquals(0.5, first.corpusFactor());
    assertEquals(1, ranking.explain(1).corpusFactor());
    assertEquals(
        List.of(new ScoreExplanation.Term("favorite", 0.5f, 2, 1)), List.copyOf(first.terms()));
  }

  @Test
  void theOffsetRuleCountsTheRetrievalScoreOnBothSides() {
    Scorer scorer = scorer("retrieval=2,favorite=1,reply=-3");
    Ranking ranking = scorer.rank(retrieved(0, 1, -1, -0.5f));
    // N = 2 + 3, P = 2 + 1.
    assertEquals(0.001, ranking.score(0));
    assertEquals(2.001, ranking.score(1));
    assertEquals((-2 + 5) / 8.0 * 0.001, ranking.score(2));
    assertEquals((-1 + 5) / 8.0 * 0.001, ranking.score(3));
    ScoreExplanation.Offset offset = ranking.explain(3).offset().orElseThrow();
    assertEquals(5 / 8.0, offset.share());
    assertEquals(0.001, offset.offset());
    assertEquals(ranking.score(2), offset.score());
    assertEquals(-0.0, new NegativeSums(1, 2, 4).score(-2.5), 0.0);
  }

  @Test
  void aSumThatOverflowsIsAnErrorThatNamesTheSum() {
    NonFiniteScoreException refused =
        assertThrows(
            NonFiniteScoreException.class,
            () -> scorer("retrieval=100").rank(retrieved(1, Float.MAX_VALUE)));
    assertEquals(
        "post 20: expected a finite number as weighted sum, found Infinity", refused.getMessage());
  }

  @Test
  void aWeightOfZeroTakesAnOutputAway() {
    ModelOutputs model =
        new ModelOutputs(
            ActionTaxonomy.ENUM,
            19,
            8,
            Optional.of(new TrainedOutputs(new TreeSet<>(List.of(1, 4)), new TreeSet<>())),
            0);
    ScoringOptions options =
        new ScoringOptions(
            new OutputWeights(
                Optional.of(Preset.PUBLISHED),
                ScoreWeights.parse("reply=0,repost=0"),
                UntrainedOutputs.REFUSED),
            1,
            Map.of(),
            Diversity.NONE);
    Scorer scorer = Scorer.create(options, model);
    assertEquals("favorite=1.0", scorer.weights().toString());
    assertEquals(
        Optional.of("preset published: no weight for repost, dwell (not trained)"),
        scorer.notice());
    assertEquals(options, scorer.options());
    assertEquals(model, scorer.model());
  }

  @Test
  void aRankingKnowsItsPostsAndTheirPlacesByScore() {
    Diversity window =
        new Diversity(Optional.empty(), Optional.of(new AuthorWindow(1, 2)), Optional.empty());
    Scorer scorer =
        Scorer.create(
            options(ScoreWeights.parse("retrieval=1"), Map.of(), window), RandomFeeds.MODEL);
    long[] authors = {5, 6, 5};
    Candidates candidates =
        Candidates.retrieved(new long[] {1, 2, 3}, authors, new float[] {0.9f, 0.1f, 0.8f})
            .withOutputs(new float[3 * RandomFeeds.ACTIONS], new float[3 * RandomFeeds.CONTINUOUS]);
    Ranking ranking = scorer.rank(candidates, 1);
    assertArrayEquals(new int[] {0, 1, 2}, order(ranking));
    assertEquals(2, ranking.explain(1).placeByScore());
    assertEquals(1, ranking.explain(1).place());
    assertEquals(1, ranking.explain(2).placeByScore());
    assertEquals(1, ranking.explain(2).authorFactor());
    assertEquals(candidates, ranking.candidates());
    assertEquals(scorer, ranking.scorer());
    assertEquals(0.8f, ranking.score(2));
  }

  @Test
  void corpusFactorsNeedTheNamesOfTheCorpora() {
    Scorer scorer =
        Scorer.create(
            options(ScoreWeights.parse("retrieval=1"), Map.of("news", 0.5), Diversity.NONE),
            RandomFeeds.MODEL);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> scorer.rank(retrieved(1)));
    assertEquals("expected corpus names beside corpus_factors, found none", refused.getMessage());
  }

  @Test
  void outputsOfAnotherSizeAreNamed() {
    Candidates candidates = retrieved(1, 2);
    IllegalArgumentException probabilities =
        assertThrows(
            IllegalArgumentException.class,
            () -> scorer("published").rank(candidates.withOutputs(new float[37], new float[16])));
    assertEquals("expected 38 probabilities, found 37", probabilities.getMessage());
    IllegalArgumentException continuous =
        assertThrows(
            IllegalArgumentException.class,
            () -> scorer("published").rank(candidates.withOutputs(new float[38], new float[17])));
    assertEquals("expected 16 continuous values, found 17", continuous.getMessage());
  }

  @Test
  void onlyTheFirstPlacesAreExactUnlessAWindowMayShowAnyPost() {
    Optional<VectorDiversity> vectors =
        Optional.of(new VectorDiversity(VectorDiversity.Method.MMR, 0.5, 10));
    float[] equalPairs = {1, 0, 1, 0, 0, 1, 0, 1, 1, 0};
    Candidates candidates = retrieved(0.9f, 0.8f, 0.7f, 0.6f, 0.5f).withVectors(equalPairs);
    ScoreWeights weights = ScoreWeights.parse("retrieval=1");
    Diversity apart = new Diversity(Optional.empty(), Optional.empty(), vectors);
    Scorer scorer = Scorer.create(options(weights, Map.of(), apart), RandomFeeds.MODEL);
    assertArrayEquals(new int[] {0, 2, 1, 3, 4}, order(scorer.rank(candidates)));
    assertArrayEquals(new int[] {0, 2, 1, 3, 4}, order(scorer.rank(candidates, 2)));
    assertArrayEquals(new int[] {0, 1, 2, 3, 4}, order(scorer.rank(candidates, 1)));
    Diversity both = new Diversity(Optional.empty(), Optional.of(new AuthorWindow(1, 2)), vectors);
    Scorer windowed = Scorer.create(options(weights, Map.of(), both), RandomFeeds.MODEL);
    assertArrayEquals(order(windowed.rank(candidates)), order(windowed.rank(candidates, 1)));
    assertEquals(2, windowed.rank(candidates, 1).candidate(1));
  }
}
