package dev.phoenix.dataset;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Drops rows of a user that equal another row of the same user in every field, time included, and
 * counts them. Such rows come from logs that were written twice. If kept, they would count as if
 * the user had returned to the post.
 *
 * @param <R> the type of the rows, compared by {@code equals}
 */
final class DistinctRows<R> {
  private long dropped;

  /** The distinct rows of one user, in order. */
  List<R> of(List<R> rows) {
    List<R> kept = new ArrayList<>(new LinkedHashSet<>(rows));
    dropped += rows.size() - kept.size();
    return kept;
  }

  /** The number of rows dropped so far, over all users. */
  long dropped() {
    return dropped;
  }
}
