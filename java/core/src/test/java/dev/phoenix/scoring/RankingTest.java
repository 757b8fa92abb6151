package dev.phoenix.scoring;

import static dev.phoenix.scoring.ScorerTest.options;
import static dev.phoenix.scoring.ScorerTest.order;
import static dev.phoenix.scoring.ScorerTest.scorer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.checkpoint.TrainedOutputs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Scores, places and explanations of a few posts, by hand. */
class RankingTest {
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
