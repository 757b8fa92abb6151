package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExcludedPostsTest {
  @Test
  void idsCountOnceAndPaddingIsNoPost() {
    ExcludedPosts posts = ExcludedPosts.of(9, 0, -1, 9, 4);
    assertEquals(3, posts.size());
    assertTrue(posts.contains(-1) && posts.contains(4) && posts.contains(9));
    assertFalse(posts.contains(0) || posts.contains(5));
    assertTrue(ExcludedPosts.of(0, 0).isEmpty());
    assertArrayEquals(new long[] {-1, 2, 4, 9}, posts.and(ExcludedPosts.of(2, 4)).ids().toArray());
  }

  @Test
  void theRuleSaysWhetherTheHistoryIsLeftOut() {
    assertEquals(2, Exclude.SEEN.of(new long[] {5, 6}).size());
    assertTrue(Exclude.NONE.of(new long[] {5, 6}).isEmpty());
    assertEquals(Optional.of(Exclude.SEEN), Exclude.parse("seen"));
    assertEquals(Optional.empty(), Exclude.parse("SEEN"));
  }

  @Test
  void everyRowOfAnIdIsFound() {
    long[] ids = {7, 8, 7, -3, 7, 8};
    RowsOfPosts rows = new RowsOfPosts(row -> ids[row], ids.length);
    rows.enter(4);
    ExcludedPosts posts = ExcludedPosts.of(7, -3, 99);
    assertArrayEquals(new int[] {0, 2, 3}, rows.of(posts, 4));
    rows.enter(6);
    assertArrayEquals(new int[] {0, 2, 3, 4}, rows.of(posts, 6));
    // A state of the corpus before the last rows were added.
    assertArrayEquals(new int[] {0, 2, 3}, rows.of(posts, 4));
    assertArrayEquals(new int[] {1, 5}, rows.of(ExcludedPosts.of(8), 6));
  }
}
