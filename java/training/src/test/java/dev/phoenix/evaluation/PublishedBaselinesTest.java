package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.LeaveOneOut.Part;
import dev.phoenix.feature.Exclude;
import dev.phoenix.testing.DataFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reproduces published metrics of simple baselines, which shows that reading, splitting, masking
 * and ranking follow the usual protocol for these files.
 */
final class PublishedBaselinesTest {
  /**
   * The published MovieLens metrics do not state the weights of earlier posts; other weights change
   * the metrics by this much.
   */
  private static final double VARIANT = 4e-3;

  private static LeaveOneOut split(String file) {
    return LeaveOneOut.of(DataFormat.SEQUENCES.read(DataFiles.require(file)));
  }

  @ParameterizedTest
  @CsvSource({
    "Beauty.txt, 0.0727, 0.0439, 1e-4",
    "Sports_and_Outdoors.txt, 0.0422, 0.0256, 1e-4",
    "Toys_and_Games.txt, 0.0913, 0.0566, 1e-4",
    "ml-1m.txt, 0.1599, 0.0879, 2e-3"
  })
  void itemNeighbours(String file, double hitRate, double ndcg, double tolerance) {
    LeaveOneOut split = split(file);
    RankMetrics found =
        new FullRanking(split, Exclude.SEEN).evaluate(ItemKnn.fit(split, Part.TEST), Part.TEST);
    assertEquals(hitRate, found.hitRate(10), tolerance);
    assertEquals(ndcg, found.ndcg(10), tolerance);
  }

  @Test
  void markovChain() {
    LeaveOneOut split = split("ml-1m.txt");
    RankMetrics found =
        new FullRanking(split, Exclude.SEEN).evaluate(MarkovChain.fit(split, Part.TEST), Part.TEST);
    assertEquals(0.2575, found.hitRate(10), VARIANT);
    assertEquals(0.1472, found.ndcg(10), VARIANT);
  }
}
