package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests the order of keys and the heap of the best keys. */
class ScoreKeyTest {
  private static final float[] DESCENDING = {
    Float.POSITIVE_INFINITY,
    Float.MAX_VALUE,
    1.5f,
    1f,
    Float.MIN_NORMAL,
    Float.MIN_VALUE,
    0f,
    -Float.MIN_VALUE,
    -1f,
    -1e12f,
    -Float.MAX_VALUE,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @Test
  void higherScoresHaveHigherKeysAndNanTheLowest() {
    for (int i = 1; i < DESCENDING.length; i++) {
      long higher = ScoreKey.of(DESCENDING[i - 1], Integer.MAX_VALUE);
      long lower = ScoreKey.of(DESCENDING[i], 0);
      assertTrue(higher > lower, DESCENDING[i - 1] + " before " + DESCENDING[i]);
      assertTrue(lower > ScoreKey.NONE);
    }
  }

  @Test
  void equalScoresGoByLowerIndex() {
    for (float score : DESCENDING) {
      assertTrue(ScoreKey.of(score, 3) > ScoreKey.of(score, 4));
      assertTrue(ScoreKey.of(score, 0) > ScoreKey.of(score, Integer.MAX_VALUE));
    }
    assertEquals(ScoreKey.of(0f, 5), ScoreKey.of(-0f, 5));
    assertEquals(ScoreKey.of(Float.NaN, 5), ScoreKey.of(Float.intBitsToFloat(0xFFC12345), 5));
  }

  @Test
  void scoreAndIndexComeBack() {
    for (float score : DESCENDING) {
      for (int index : new int[] {0, 1, 537_000, Integer.MAX_VALUE}) {
        long key = ScoreKey.of(score, index);
        assertEquals(index, ScoreKey.index(key));
        assertEquals(score, ScoreKey.score(key));
      }
    }
    assertEquals(0, Float.compare(0f, ScoreKey.score(ScoreKey.of(-0f, 1))));
  }

  @Test
  void bestKeysAreTheLargestInDescendingOrder() {
    Random random = Seeds.random("best keys");
    BestKeys best = new BestKeys();
    for (int round = 0; round < 300; round++) {
      int k = random.nextInt(40);
      long[] keys = new long[random.nextInt(200)];
      best.reset(k);
      for (int i = 0; i < keys.length; i++) {
        keys[i] = ScoreKey.of(random.nextInt(20) - 10, i);
        best.offer(keys[i]);
      }
      Arrays.sort(keys);
      int kept = Math.min(k, keys.length);
      assertEquals(kept, best.size());
      long threshold = k == 0 || keys.length < k ? ScoreKey.NONE : keys[keys.length - k];
      assertEquals(threshold, best.threshold());
      long[] expected = new long[kept + 2];
      for (int i = 0; i < kept; i++) {
        expected[i + 1] = keys[keys.length - 1 - i];
      }
      long[] found = new long[kept + 2];
      best.drain(found, 1);
      assertArrayEquals(expected, found, Seeds.replay());
      assertEquals(0, best.size());
    }
  }

  @Test
  void keyListsGrowAndForget() {
    KeyList list = new KeyList();
    for (int i = 0; i < 5000; i++) {
      list.add(i);
    }
    assertEquals(5000, list.size());
    assertEquals(4999, list.get(4999));
    list.clear();
    assertEquals(0, list.size());
  }
}
