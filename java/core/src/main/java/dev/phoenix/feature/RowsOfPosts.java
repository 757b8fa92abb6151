package dev.phoenix.feature;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Finds all rows of a corpus that hold given posts; an id may have several rows. One thread at a
 * time may add rows; afterwards any number of threads may query.
 */
public final class RowsOfPosts {
  private final RowsById last;
  private final Map<Integer, Integer> before = new HashMap<>();
  private int entered;

  /**
   * Creates an empty table.
   *
   * @param postIds returns the post id of a row
   * @param capacity the most rows that may be entered
   */
  public RowsOfPosts(IntToLongFunction postIds, int capacity) {
    this.last = new RowsById(postIds, capacity);
  }

  /** Adds the rows below {@code rows} that are not in the table yet. */
  public void enter(int rows) {
    for (; entered < rows; entered++) {
      int previous = last.put(entered);
      if (previous != RowsById.NONE) {
        before.put(entered, previous);
      }
    }
  }

  /** The added rows below {@code rows} that hold one of {@code posts}, in ascending order. */
  public int[] of(ExcludedPosts posts, int rows) {
    return posts
        .ids()
        .mapToInt(last::row)
        .flatMap(this::chain)
        .filter(row -> row < rows)
        .sorted()
        .toArray();
  }

  private IntStream chain(int row) {
    return IntStream.iterate(
        row, each -> each != RowsById.NONE, each -> before.getOrDefault(each, RowsById.NONE));
  }
}
