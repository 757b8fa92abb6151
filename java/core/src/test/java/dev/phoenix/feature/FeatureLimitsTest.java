package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Features at the ends of their ranges, and of records that hold arrays. */
class FeatureLimitsTest {
  private static final long NOW = 1_700_000_000;
  private static final long EPOCH_MILLIS = 1_288_834_974_657L;
  private static final long DAY_MILLIS = 86_400_000;

  @Test
  void aSnowflakeIsAtLeastADayYoungerThanTheirEpoch() {
    long day = DAY_MILLIS << 22;
    assertEquals((EPOCH_MILLIS + DAY_MILLIS) / 1000, PostAge.created(day, 0, NOW));
    assertEquals(0, PostAge.created(day - 1, 0, NOW));
  }

  @Test
  void aSnowflakeIsAtMostADayYoungerThanTheImpression() {
    long latest = ((NOW + 86_400) * 1000 + 999 - EPOCH_MILLIS) << 22;
    assertEquals(NOW + 86_400, PostAge.created(latest, 0, NOW));
    assertEquals(0, PostAge.created(latest + (1 << 22), 0, NOW));
  }

  @Test
  void timesAreFromZeroToTheEndOfTheYear9999() {
    assertEquals(0, PostAge.requireTime("created", 0));
    assertEquals(253_402_300_799L, PostAge.requireTime("created", 253_402_300_799L));
  }

  @Test
  void anAgeNeedsBothTimesAndHasABucketFromTheFirstSecondOn() {
    assertEquals(0, PostAge.bucket(0, 5, 60));
    assertEquals(0, PostAge.bucket(5, 0, 60));
    assertEquals(1, PostAge.bucket(NOW, NOW, 60));
    assertEquals(1, PostAge.bucket(NOW + 3599, NOW, 60));
    assertEquals(2, PostAge.bucket(NOW + 3600, NOW, 60));
    assertEquals(81, PostAge.bucket(NOW + 4800 * 60, NOW, 60));
    assertEquals(81, PostAge.bucket(NOW + 9600 * 60, NOW, 60));
  }

  @Test
  void surfacesOutsideTheVocabularyHaveTheRowBehindIt() {
    assertEquals(0, ProductSurface.row(0, 3));
    assertEquals(2, ProductSurface.row(2, 3));
    assertEquals(3, ProductSurface.row(3, 3));
    assertEquals(3, ProductSurface.row(-1, 3));
    assertEquals(0, ProductSurface.of(0));
    assertEquals(Integer.MAX_VALUE - 1, ProductSurface.of(Integer.MAX_VALUE - 1));
    assertEquals(-1, ProductSurface.of(Integer.MAX_VALUE));
    assertEquals(-1, ProductSurface.of(1L << 32));
    assertEquals(-1, ProductSurface.of(-2));
  }

  @Test
  void dwellTimesAreSharesOfTheScale() {
    assertEquals(0.25f, new DwellTime(8, false).normalize(2));
    assertEquals(1f, new DwellTime(8, false).normalize(9));
    assertEquals(0f, new DwellTime(8, false).normalize(-1));
    assertEquals((float) (Math.log(3) / Math.log(9)), new DwellTime(8, true).normalize(2), 1e-7f);
  }

  @Test
  void positionsWithRightAnchoringEndAtTheHistorysEnd() {
    Positions positions = new Positions(8, 4, true);
    assertEquals(0, positions.user());
    assertEquals(6, positions.history(0, 3));
    assertEquals(8, positions.history(2, 3));
    assertEquals(9, positions.candidate(5, true));
    assertEquals(0, positions.candidate(5, false));
  }

  @Test
  void detailsPastTheEndOfAnArrayAreUnknown() {
    EngagementDetails details =
        new EngagementDetails(new int[] {3}, new float[] {4}).withUserIpId(9);
    assertEquals(3, details.surface(0));
    assertEquals(0, details.surface(1));
    assertEquals(4, details.dwellSeconds(0));
    assertEquals(0, details.dwellSeconds(1));
    EngagementDetails part = details.part(new HistoryWindow(0, 1));
    assertEquals(details, part);
    assertEquals(details.hashCode(), part.hashCode());
    assertEquals(9, part.userIpId());
    assertNotEquals(details, details.withUserIpId(8));
    assertNotEquals(details.hashCode(), details.withUserIpId(8).hashCode());
    assertNotEquals(details, details.part(new HistoryWindow(1, 1)));
    assertNotEquals(details, "details");
    assertArrayEquals(new int[0], details.part(new HistoryWindow(2, 5)).surfaces());
  }

  @Test
  void timesOfPostsAreEqualByWhatTheyHold() {
    PostTimes times = new PostTimes(NOW, new long[] {1, 2});
    PostTimes same = new PostTimes(NOW, new long[] {1, 2});
    assertEquals(times, same);
    assertEquals(times.hashCode(), same.hashCode());
    assertNotEquals(times, new PostTimes(NOW, new long[] {1, 3}));
    assertNotEquals(times.hashCode(), new PostTimes(NOW, new long[] {1, 3}).hashCode());
    assertNotEquals(times, new PostTimes(NOW + 1, new long[] {1, 2}));
    assertNotEquals(times, "times");
    assertEquals(0, times.bucket(2, 17, 60), "an id that tells no time");
  }

  @Test
  void windowsMayBeEmpty() {
    assertEquals(0, new HistoryWindow(0, 0).length());
    assertEquals(0, new HistoryWindow(3, 3).length());
    assertEquals(4, new HistoryWindow(3, 7).length());
  }

  @Test
  void noPostsAddNothingToExcludedPosts() {
    ExcludedPosts some = ExcludedPosts.of(1, 2);
    assertSame(some, some.and(ExcludedPosts.NONE));
    assertSame(some, ExcludedPosts.NONE.and(some));
    assertSame(ExcludedPosts.NONE, ExcludedPosts.of(0));
    assertEquals(0, ExcludedPosts.NONE.size());
    assertTrue(some.contains(1), "the least");
    assertFalse(some.isEmpty());
    assertEquals("none", Exclude.NONE.toString());
    assertEquals(Optional.of(Exclude.NONE), Exclude.parse("none"));
  }

  @Test
  void aFullTableFindsTheLastRowOfEveryId() {
    for (int capacity : new int[] {0, 1, 2, 3, 1000}) {
      // Ids that differ in their upper bits meet in the table.
      RowsById rows = new RowsById(row -> (row % 500L) << 40, capacity);
      for (int row = 0; row < capacity; row++) {
        assertEquals(row < 500 ? RowsById.NONE : row - 500, rows.put(row), "row " + row);
      }
      for (int id = 0; id < 500; id++) {
        int last = capacity == 1000 ? id + 500 : id < capacity ? id : RowsById.NONE;
        assertEquals(last, rows.row((long) id << 40), capacity + " rows, id " + id);
      }
      assertEquals(RowsById.NONE, rows.row(7));
    }
  }
}
