package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Candidates;
import dev.phoenix.scoring.ModelOutputs;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The weight follows from which of the two knows the next post. */
final class RetrievalWeightTest {
  private static final int USERS = 200;
  private static final int POSTS = 40;
  private static final int TARGET = 7;

  private static final ModelOutputs OUTPUTS =
      new ModelOutputs(ActionTaxonomy.ENUM, 2, 0, Optional.empty(), 0);

  /**
   * Random scores of posts, with those of the target raised.
   *
   * @param ranker added to the target's probability of favorite
   * @param retrieval added to the target's retrieval score
   */
  private record Signal(float ranker, float retrieval) {
    Candidates candidates(Random random) {
      float[] scores = new float[POSTS];
      float[] probabilities = new float[2 * POSTS];
      for (int i = 0; i < POSTS; i++) {
        scores[i] = 0.5f * random.nextFloat() + (i == TARGET ? retrieval : 0);
        probabilities[2 * i + 1] = 0.5f * random.nextFloat() + (i == TARGET ? ranker : 0);
      }
      return Candidates.retrieved(LongStream.range(0, POSTS).toArray(), new long[POSTS], scores)
          .withOutputs(probabilities, new float[0]);
    }

    double weight() {
      Random random = new Random(3);
      RetrievalWeight weights = new RetrievalWeight(OUTPUTS, USERS);
      for (int user = 0; user < USERS; user++) {
        weights.add(candidates(random), IntStream.range(0, POSTS).toArray(), TARGET);
      }
      return weights.best();
    }
  }

  @Test
  void whereTheRankerKnowsNothingTheOrderIsThatOfRetrieval() {
    assertEquals(100_000, new Signal(0, 0.5f).weight());
  }

  @Test
  void whereRetrievalKnowsNothingItsWeightIsSmall() {
    assertTrue(new Signal(0.4f, 0).weight() < 0.3, "weight " + new Signal(0.4f, 0).weight());
  }

  @Test
  void whereBothKnowSomethingBothCount() {
    double weight = new Signal(0.2f, 0.2f).weight();
    assertTrue(weight > 0.3 && weight < 3, "weight " + weight);
  }

  @Test
  void whereThePostWasNeverFoundRetrievalDecides() {
    RetrievalWeight weights = new RetrievalWeight(OUTPUTS, 1);
    weights.add(new Signal(0, 0).candidates(new Random(1)), new int[POSTS], TARGET);
    assertEquals(100_000, weights.best());
  }
}
