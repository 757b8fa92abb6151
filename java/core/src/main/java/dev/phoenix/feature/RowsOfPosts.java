package dev.phoenix.feature;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The rows of a corpus in which the posts of given ids stand: every row of an id that stands in
 * several. Rows are entered by one thread at a time; once they all are, any thread may ask.
 */
public final class RowsOfPosts {
  private final RowsById last;
  private final Map<Integer, Integer> before = new HashMap<>();
  private int entered;

  /**
   * No rows yet.
   *
   * @param postIds the id of the post in a row
   * @param capacity rows that may be entered
   */
  public RowsOfPosts(IntToLongFunction postIds, int capacity) {
    this.last = new RowsById(postIds, capacity);
  }

  /** Enters the rows below {@code rows} that are not entered yet. */
  public void enter(int rows) {
    for (; entered < rows; entered++) {
      int previous = last.put(entered);
      if (previous != RowsById.NONE) {
        before.put(entered, previous);
      }
    }
  }

  /** The entered rows below {@code rows} with a post of {@code posts}, in ascending order. */
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
