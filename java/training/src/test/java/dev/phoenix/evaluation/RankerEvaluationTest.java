package dev.phoenix.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut.Part;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** Rates of posts and metrics of two users' impressions, by hand. */
final class RankerEvaluationTest {
  private static final int FAVORITE = 1 << Events.FAVORITE;
  private static final int REPLY = 1 << Events.REPLY;
  private static final TimeSplit SPLIT =
      new TimeSplit(
          new Dataset(
              "test",
              new Catalog(new long[] {1, 2, 3}, new long[3], new long[0], List.of(), List.of()),
              List.of(
                  new UserEvents(
                      1,
                      events(
                          new int[] {0, 1, 0, 2, 1},
                          new int[] {FAVORITE, 0, FAVORITE, REPLY, FAVORITE})),
                  new UserEvents(2, events(new int[] {1, 0, 2}, new int[] {0, REPLY, FAVORITE})))),
          new int[] {2, 1},
          new int[] {3, 2});

  private static Events events(int[] posts, int[] actions) {
    return new Events(posts, actions, new float[0], new int[0], new long[0]);
  }

  private static ActionMetrics metrics(SequencedMap<Integer, ActionMetrics> found, int action) {
    ActionMetrics metrics = found.get(action);
    assertTrue(metrics != null, "action " + action);
    return metrics;
  }

  @Test
  void actionsThatHappenSometimesAreMeasured() {
    RankerEvaluation test = new RankerEvaluation(SPLIT, Part.TEST);
    assertEquals(3, test.impressions());
    assertArrayEquals(new int[] {Events.FAVORITE, Events.REPLY}, test.actions());
    RankerEvaluation validation = new RankerEvaluation(SPLIT, Part.VALIDATION);
    assertEquals(2, validation.impressions());
    TimeSplit later = new TimeSplit(SPLIT.dataset(), new int[] {2, 1}, new int[] {4, 2});
    // Posts 1 and 2 with a favorite: it always happened, and a reply never.
    assertArrayEquals(new int[0], new RankerEvaluation(later, Part.TEST).actions());
  }

  @Test
  void aPostsRateIsMixedWithTheRateOfAll() {
    ActionMetrics test =
        metrics(new RankerEvaluation(SPLIT, Part.TEST).postRates(), Events.FAVORITE);
    // Of 5 earlier impressions 2 have a favorite: post 1 none of 2, post 2 is new.
    double post1 = 10 * 0.4 / 12;
    assertEquals(3, test.count());
    assertEquals(2 / 3.0, test.rate(), 1e-12);
    assertEquals(-(Math.log(0.6) + Math.log(post1) + Math.log(0.4)) / 3, test.logLoss(), 1e-6);
    assertEquals(0.25, test.auc(), 1e-12);
    ActionMetrics validation =
        metrics(new RankerEvaluation(SPLIT, Part.VALIDATION).postRates(), Events.FAVORITE);
    // Of 3 earlier impressions 1 has a favorite, that of post 0.
    double post0 = (1 + 10 / 3.0) / 11;
    assertEquals(-(Math.log(post0) + Math.log(1 - post0)) / 2, validation.logLoss(), 1e-6);
    assertEquals(
        List.of(Events.FAVORITE, Events.REPLY),
        List.copyOf(new RankerEvaluation(SPLIT, Part.TEST).postRates().keySet()));
  }

  @Test
  void ratesWithoutEarlierImpressionsAreZero() {
    TimeSplit first = new TimeSplit(SPLIT.dataset(), new int[2], new int[] {3, 2});
    ActionMetrics found =
        metrics(new RankerEvaluation(first, Part.VALIDATION).postRates(), Events.FAVORITE);
    // Two of five happened, at the bound of the loss; the others cost nothing.
    assertEquals(-2 * Math.log(1e-7) / 5, found.logLoss(), 1e-9);
  }

  @Test
  void probabilitiesAreReadByImpressionAndAction() {
    RankerEvaluation test = new RankerEvaluation(SPLIT, Part.TEST);
    float[] probabilities = {9, 0.25f, 9, 0.5f, 9, 0.75f};
    SequencedMap<Integer, ActionMetrics> found = test.of(probabilities, 2);
    assertEquals(List.of(Events.FAVORITE), List.copyOf(found.keySet()));
    assertEquals(
        ActionMetrics.of(new float[] {0.25f, 0.5f, 0.75f}, new boolean[] {false, true, true}),
        metrics(found, Events.FAVORITE));
    assertEquals(List.of(), List.copyOf(test.of(new float[3], 1).keySet()));
  }

  @Test
  void binsHoldEquallyManyImpressions() {
    int count = 31;
    float[] probabilities = new float[count];
    boolean[] happened = new boolean[count];
    for (int i = 0; i < count; i++) {
      probabilities[i] = (count - i) / 64f;
      happened[i] = i % 2 == 0;
    }
    ActionMetrics metrics = ActionMetrics.of(probabilities, happened);
    assertEquals(15, metrics.bins().size());
    assertEquals(new ActionMetrics.Bin(2, 1.5 / 64, 0.5), metrics.bins().getFirst());
    assertEquals(new ActionMetrics.Bin(3, 30.0 / 64, 2 / 3.0), metrics.bins().getLast());
    double error = 3 * Math.abs(30.0 / 64 - 2 / 3.0);
    for (int bin = 0; bin < 14; bin++) {
      error += 2 * Math.abs((2 * bin + 1.5) / 64 - 0.5);
    }
    assertEquals(error / count, metrics.calibrationError(), 1e-12);
    assertEquals(2, ActionMetrics.of(new float[2], new boolean[2]).bins().size());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> ActionMetrics.of(new float[2], new boolean[1]));
    assertEquals("2 probabilities, 1 outcomes", refused.getMessage());
  }
}
