package dev.phoenix.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Start times of requests. Bounds are five standard deviations of the counts. */
class ArrivalsTest {
  private static LoadPlan plan(double first, double last, long seed) {
    return new LoadPlan(
        first, last, Duration.ofSeconds(100), Duration.ofSeconds(10), Duration.ofSeconds(1), seed);
  }

  private static long between(long[] times, double from, double to) {
    return Arrays.stream(times).filter(time -> time >= from * 1e9 && time < to * 1e9).count();
  }

  private static void assertNear(double expected, long found) {
    assertTrue(
        Math.abs(found - expected) < 5 * Math.sqrt(expected),
        "expected about %s, found %d".formatted(expected, found));
  }

  @Test
  void aFixedRateIsKeptEverywhereAndGapsAreExponential() {
    long[] times = Arrivals.of(plan(200, 200, 1));
    assertNear(200 * 110, times.length);
    for (int second = 0; second < 110; second += 10) {
      assertNear(2000, between(times, second, second + 10));
    }
    int longer = 0;
    for (int i = 1; i < times.length; i++) {
      assertTrue(times[i] >= times[i - 1]);
      longer += times[i] - times[i - 1] > 1e9 / 200 ? 1 : 0;
    }
    assertNear(times.length / Math.E, longer);
  }

  @Test
  void aRampGrowsLinearlyAfterTheWarmUp() {
    long[] times = Arrivals.of(plan(50, 450, 2));
    assertNear(500, between(times, 0, 10));
    assertNear(50 * 25 + 4.0 * 25 * 25 / 2, between(times, 10, 35));
    assertNear(25 * (450 - 50), between(times, 85, 110));
    assertNear(500 + 250 * 100, times.length);
    long[] falling = Arrivals.of(plan(450, 50, 2));
    assertNear(4500 + 250 * 100, falling.length);
    assertTrue(between(falling, 10, 60) > between(falling, 60, 110));
  }

  @Test
  void aSeedGivesTheSameTimesAgain() {
    assertArrayEquals(Arrivals.of(plan(20, 40, 3)), Arrivals.of(plan(20, 40, 3)));
    assertTrue(!Arrays.equals(Arrivals.of(plan(20, 40, 3)), Arrivals.of(plan(20, 40, 4))));
    long[] times = Arrivals.of(plan(20, 40, 3));
    assertEquals(times.length, between(times, 0, 110));
  }

  @Test
  void plansThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> plan(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> plan(1, Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> plan(1e9, 1e9, 1));
  }
}
