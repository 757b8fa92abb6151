package dev.phoenix.ops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RowBucketsTest {
  @Test
  void roundsUpByAQuarterAtMostBeyondTheSmallest() {
    assertEquals(0, RowBuckets.rows(0));
    assertEquals(16, RowBuckets.rows(1));
    Set<Integer> sizes = new TreeSet<>();
    for (int rows = 1; rows <= 40000; rows++) {
      int padded = RowBuckets.rows(rows);
      assertTrue(padded >= rows && padded % 16 == 0, rows + " to " + padded);
      assertTrue(padded <= Math.max(16, rows + Math.max(16, rows / 4)), rows + " to " + padded);
      assertEquals(padded, RowBuckets.rows(padded), "a size is its own");
      sizes.add(padded);
    }
    assertTrue(sizes.size() <= 48, sizes.size() + " sizes");
  }

  @Test
  void requestsNeverNeedMoreThanTheRowsOfTheirCount() {
    assertEquals(0, RowBuckets.requests(0));
    assertEquals(1, RowBuckets.requests(1));
    assertEquals(4, RowBuckets.requests(3));
    for (int requests = 1; requests <= 5000; requests++) {
      int padded = RowBuckets.requests(requests);
      assertTrue(padded >= requests && padded <= RowBuckets.rows(requests));
    }
  }
}
