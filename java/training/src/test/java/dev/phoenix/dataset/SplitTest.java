package dev.phoenix.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SplitTest {
  private static final int LIKE = 1 << Events.FAVORITE;
  private static final int DISLIKE = 1 << Events.NOT_INTERESTED;

  private static Dataset dataset(int[]... actions) {
    Catalog catalog =
        new Catalog(
            new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
            new long[10],
            new long[0],
            List.of(),
            List.of());
    List<UserEvents> users = new java.util.ArrayList<>();
    for (int[] of : actions) {
      int[] posts = java.util.stream.IntStream.range(0, of.length).toArray();
      users.add(
          new UserEvents(
              users.size() + 1L, new Events(posts, of, new float[0], new int[0], new long[0])));
    }
    return new Dataset("test", catalog, users);
  }

  @Test
  void leavesOutTheLastTwoPositiveEvents() {
    LeaveOneOut split =
        LeaveOneOut.of(
            dataset(
                new int[] {LIKE, 0, LIKE, DISLIKE, LIKE, LIKE, DISLIKE}, new int[] {LIKE, LIKE}));
    assertEquals(1, split.folds().size(), "two positive events are too few to test");
    LeaveOneOut.Fold fold = split.folds().getFirst();
    assertEquals(4, split.target(fold, LeaveOneOut.Part.VALIDATION));
    assertEquals(5, split.target(fold, LeaveOneOut.Part.TEST));
    assertArrayEquals(new int[] {0, 2, 3}, split.history(fold, LeaveOneOut.Part.VALIDATION));
    assertArrayEquals(new int[] {0, 2, 3, 4}, split.history(fold, LeaveOneOut.Part.TEST));
    assertArrayEquals(new int[] {3, 2}, split.known(LeaveOneOut.Part.VALIDATION));
    assertArrayEquals(new int[] {4, 2}, split.known(LeaveOneOut.Part.TEST));
  }

  @Test
  void cutsEveryUsersTimeInThree() {
    TimeSplit split = TimeSplit.of(dataset(new int[10], new int[1], new int[0]));
    assertEquals(List.of(new TimeSplit.Block(0, 8, 9)), split.blocks(LeaveOneOut.Part.VALIDATION));
    assertEquals(List.of(new TimeSplit.Block(0, 9, 10)), split.blocks(LeaveOneOut.Part.TEST));
  }

  /** Otherwise feeds would be evaluated on events that the ranker was trained on. */
  @Test
  void rankersAreNotTrainedOnTheEventsThatRetrievalIsMeasuredOn() {
    int[] early = {LIKE, LIKE, LIKE, 0, 0, 0, 0, 0, 0, 0};
    TimeSplit split = TimeSplit.of(dataset(early, new int[] {LIKE, LIKE, LIKE, LIKE}));
    assertArrayEquals(new int[] {1, 2}, split.trainEnds());
    assertArrayEquals(new int[] {2, 3}, split.validationEnds());
    LeaveOneOut other = LeaveOneOut.of(split.dataset());
    for (LeaveOneOut.Fold fold : other.folds()) {
      assertTrue(split.trainEnds()[fold.user()] <= fold.validation());
      assertTrue(split.validationEnds()[fold.user()] <= fold.test());
    }
  }
}
