package dev.phoenix.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Ranges of scoring options, whose ends belong to them, and candidates of differing lengths. */
class ScoringLimitsTest {
  private static void assertRefused(String message, Executable made) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, made);
    assertEquals(message, refused.getMessage());
  }

  private static ScoringOptions options(double offset, Map<String, Double> corpusFactors) {
    OutputWeights weights =
        new OutputWeights(
            Optional.empty(), ScoreWeights.parse("favorite=1"), UntrainedOutputs.REFUSED);
    return new ScoringOptions(weights, offset, corpusFactors, Diversity.NONE);
  }

  @Test
  void theOffsetIsAboveZeroAndAtMostTheLargestWeight() {
    assertEquals(1e6, options(1e6, Map.of()).offset());
    for (double offset : new double[] {0, 1000001, Double.NaN}) {
      assertRefused(
          "offset: expected a number above 0, at most 1000000, found " + offset,
          () -> options(offset, Map.of()));
    }
  }

  @Test
  void factorsOfCorporaAreFromZeroToAThousandForUpToSixtyFourCorpora() {
    Map<String, Double> ends = Map.of("a", 0.0, "b", 1000.0);
    assertEquals(ends, options(1, ends).corpusFactors());
    assertRefused(
        "corpus_factors.a: expected a number from 0 to 1000, found -0.5",
        () -> options(1, Map.of("a", -0.5)));
    assertRefused(
        "corpus_factors.a: expected a number from 0 to 1000, found 1000.5",
        () -> options(1, Map.of("a", 1000.5)));
    Map<String, Double> many = new HashMap<>();
    for (int i = 0; i < 64; i++) {
      many.put("corpus" + i, 1.0);
    }
    assertEquals(many, options(1, many).corpusFactors());
    many.put("another", 1.0);
    assertRefused(
        "corpus_factors: corpora: expected a whole number from 0 to 64, found 65",
        () -> options(1, many));
  }

  @Test
  void weightsAreOfAMagnitudeOfUpToAMillion() {
    ScoreWeights ends = ScoreWeights.parse("favorite=1000000,reply=-1000000");
    assertEquals("favorite=1000000.0,reply=-1000000.0", ends.toString());
    assertRefused(
        "expected a weight from -1000000 to 1000000, found 'reply=-1000001.0'",
        () -> ScoreWeights.parse("reply=-1000001"));
    SequencedMap<String, Float> many = new LinkedHashMap<>();
    for (int i = 0; i < 256; i++) {
      many.put("action_" + i, 1f);
    }
    assertEquals(many, new ScoreWeights(many).weights());
    many.put("favorite", 1f);
    assertRefused(
        "weights: expected a whole number from 0 to 256, found 257", () -> new ScoreWeights(many));
  }

  @Test
  void sharesAreFromZeroToOne() {
    assertEquals(1, new AuthorDecay(0, 1).floor());
    assertEquals(1, new AuthorDecay(1, 0).decay());
    assertRefused(
        "author_decay.decay: expected a number from 0 to 1, found 1.5",
        () -> new AuthorDecay(1.5, 0));
    assertRefused(
        "author_decay.floor: expected a number from 0 to 1, found -0.5",
        () -> new AuthorDecay(1, -0.5));
    VectorDiversity.Method dpp = VectorDiversity.Method.DPP;
    assertEquals(500, new VectorDiversity(dpp, 0, 500).first());
    assertEquals(2, new VectorDiversity(dpp, 1, 2).first());
    assertRefused(
        "diversity.theta: expected a number from 0 to 1, found NaN",
        () -> new VectorDiversity(dpp, Double.NaN, 2));
    assertRefused(
        "diversity.first: expected a whole number from 2 to 500, found 1",
        () -> new VectorDiversity(dpp, 0, 1));
    assertRefused(
        "diversity.first: expected a whole number from 2 to 500, found 501",
        () -> new VectorDiversity(dpp, 0, 501));
  }

  @Test
  void windowsAreOfTwoToTenThousandPosts() {
    assertEquals(10_000, new AuthorWindow(10_000, 10_000).window());
    assertEquals(1, new AuthorWindow(1, 2).posts());
    assertRefused(
        "author_window.window: expected a whole number from 2 to 10000, found 1",
        () -> new AuthorWindow(1, 1));
    assertRefused(
        "author_window.posts: expected a whole number from 1 to 10000, found 0",
        () -> new AuthorWindow(0, 2));
    assertRefused(
        "author_window.posts: expected a whole number from 1 to 10000, found 10001",
        () -> new AuthorWindow(10_001, 2));
  }

  @Test
  void decayHasAFloor() {
    AuthorDecay decay = new AuthorDecay(0.5, 0.2);
    assertArrayEquals(
        new double[] {1, 0.5, 0.25, 0.2, 0.2},
        IntStream.range(0, 5).mapToDouble(decay::factor).toArray());
  }

  @Test
  void onlyDiversityByVectorsThatIsOnNeedsVectors() {
    Consumer<Boolean> check =
        on -> {
          VectorDiversity vectors =
              new VectorDiversity(VectorDiversity.Method.MMR, on ? 0.5 : 1, 10);
          ScoringOptions options =
              new ScoringOptions(
                  options(1, Map.of()).weights(),
                  1,
                  Map.of(),
                  new Diversity(Optional.empty(), Optional.empty(), Optional.of(vectors)));
          assertEquals(on, options.needsVectors());
          Scorer scorer = Scorer.create(options, RandomFeeds.MODEL);
          Candidates posts = posts(2).withOutputs(new float[2 * 19], new float[2 * 8]);
          if (on) {
            assertRefused(
                "expected vectors beside diversity, found none", () -> scorer.rank(posts));
          } else {
            assertEquals(2, scorer.rank(posts).count());
          }
          assertEquals(0, scorer.rank(posts(0)).count());
        };
    check.accept(true);
    check.accept(false);
    assertFalse(options(1, Map.of()).needsVectors());
  }

  @Test
  void numbersOfAuthorsCountFromZeroInTheOrderOfPosts() {
    int posts = 1000;
    long[] authors = new long[posts];
    for (int i = 0; i < posts; i++) {
      // Some ids differ in few bits and meet in the table.
      authors[i] = i % 10 == 0 ? 0 : 1L + i % 300 * (i % 2 == 0 ? 1L << 40 : 1);
    }
    AuthorNumbers numbers = new AuthorNumbers(authors);
    Map<Long, Integer> expected = new HashMap<>();
    for (int i = 0; i < posts; i++) {
      int number =
          authors[i] == 0
              ? AuthorNumbers.UNKNOWN
              : expected.computeIfAbsent(authors[i], author -> expected.size());
      assertEquals(number, numbers.of(i), "post " + i);
    }
    assertEquals(0, new AuthorNumbers(new long[] {7}).of(0));
    for (long other = 8; other < 100; other++) {
      // Some of these meet the first author in the table.
      AuthorNumbers three = new AuthorNumbers(new long[] {7, other, 7});
      assertEquals(0, three.of(0));
      assertEquals(1, three.of(1), "author " + other);
      assertEquals(0, three.of(2));
    }
  }

  private static Candidates posts(int count) {
    return Candidates.retrieved(new long[count], new long[count], new float[count]);
  }

  @Test
  void arraysOfCandidatesHaveOneRowAPost() {
    assertRefused(
        "2 posts, 1 author ids",
        () -> Candidates.retrieved(new long[2], new long[1], new float[2]));
    assertRefused(
        "2 posts, 3 retrieval scores",
        () -> Candidates.retrieved(new long[2], new long[2], new float[3]));
    assertRefused("2 posts, 1 corpus names", () -> posts(2).withCorpora(new String[1]));
    for (int values : new int[] {0, 3}) {
      assertRefused(
          "2 posts: expected a multiple of it, found " + values + " values of vectors",
          () -> posts(2).withVectors(new float[values]));
    }
    assertRefused(
        "0 posts: expected a multiple of it, found 1 values of vectors",
        () -> posts(0).withVectors(new float[1]));
    assertEquals(0, posts(0).withVectors(new float[0]).count());
    assertEquals(2, posts(2).withVectors(new float[2]).count());
  }

  @Test
  void candidatesAreEqualByWhatTheyHold() {
    Candidates all =
        posts(1)
            .withOutputs(new float[] {1}, new float[] {2})
            .withCorpora(new String[] {"a"})
            .withVectors(new float[] {3});
    Candidates same =
        posts(1)
            .withVectors(new float[] {3})
            .withCorpora(new String[] {"a"})
            .withOutputs(new float[] {1}, new float[] {2});
    assertEquals(all, same);
    assertEquals(all.hashCode(), same.hashCode());
    for (Candidates other :
        List.of(
            posts(1),
            all.withVectors(new float[] {4}),
            all.withCorpora(new String[] {"b"}),
            all.withOutputs(new float[] {1}, new float[] {1}))) {
      assertNotEquals(all, other);
      assertNotEquals(all.hashCode(), other.hashCode());
    }
    assertNotEquals(all, "candidates");
  }

  @Test
  void labelsAreNamesInLowerCase() {
    assertEquals(List.of("model", "published", "production", "retrieval"), Preset.labels());
    assertEquals(Optional.of(Preset.PRODUCTION), Preset.of("production"));
    assertEquals(Optional.empty(), Preset.of("PRODUCTION"));
    assertEquals("enum", ActionTaxonomy.ENUM.toString());
    assertEquals("runner", ActionTaxonomy.RUNNER.label());
    assertEquals("mmr", VectorDiversity.Method.MMR.label());
    assertEquals(List.of("favorite", "reply"), ActionTaxonomy.RUNNER.names(2));
    assertEquals(List.of("favorite", "reply", "quote"), ActionTaxonomy.ENUM.names(6));
    assertTrue(Preset.RETRIEVAL.weights().weights().containsKey("retrieval"));
  }
}
