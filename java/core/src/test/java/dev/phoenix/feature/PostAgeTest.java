package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PostAgeTest {
  private static final long NOW = 1_700_000_000;

  /** A snowflake id created {@code seconds} after 1970. */
  private static long snowflake(long seconds) {
    return (seconds * 1000 - 1_288_834_974_657L) << 22 | 4711;
  }

  @Test
  void whatIsKnownOutdoesTheId() {
    assertEquals(NOW - 7, PostAge.created(snowflake(NOW - 100), NOW - 7, NOW));
  }

  @Test
  void theBitsOfASnowflakeAreItsTime() {
    assertEquals(1_694_146_559, PostAge.created(1_700_000_000_000_000_000L, 0, NOW));
    assertEquals(NOW - 1, PostAge.created(snowflake(NOW - 1), 0, NOW));
    assertEquals(NOW + 3600, PostAge.created(snowflake(NOW + 3600), 0, NOW));
  }

  @Test
  void anIdThatIsNoneTellsNothing() {
    long second = 1_288_834_974;
    assertEquals(0, PostAge.created(0, 0, NOW));
    assertEquals(0, PostAge.created(4_000_000_000L, 0, NOW));
    assertEquals(0, PostAge.created(snowflake(second + 86_000), 0, NOW));
    assertTrue(PostAge.created(snowflake(second + 86_402), 0, NOW) > 0);
    assertEquals(0, PostAge.created(snowflake(NOW + 86_402), 0, NOW));
    assertEquals(0, PostAge.created(-5, 0, NOW));
    assertEquals(0, PostAge.created(Long.MIN_VALUE, 0, NOW));
  }

  @Test
  void everyCandidateHasItsOwnBucket() {
    PostTimes times = new PostTimes(NOW, new long[] {NOW - 36_000, 0, 0});
    assertEquals(11, times.bucket(0, 17, 60));
    assertEquals(0, times.bucket(1, 17, 60));
    assertEquals(4, times.bucket(2, snowflake(NOW - 3 * 3600), 60));
    // After the end of the known creation times.
    assertEquals(2, times.bucket(3, snowflake(NOW - 3600), 60));
    assertEquals(81, times.bucket(4, snowflake(NOW - 10_000_000), 60));
    assertEquals(0, PostTimes.UNKNOWN.bucket(0, snowflake(NOW - 3600), 60));
  }

  @Test
  void millisecondsAreNotTakenForSeconds() {
    assertEquals(NOW, PostAge.requireTime("created", NOW));
    Throwable refused =
        assertThrows(
            IllegalArgumentException.class, () -> PostAge.requireTime("created", NOW * 1000));
    assertEquals(
        "created: expected seconds since the epoch, 0 to 253402300799, found 1700000000000",
        refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> PostAge.requireTime("created", -1));
  }
}
