package dev.phoenix.dataset;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Drops rows of a user that equal another row of the same user in every field, time included, and
 * counts them. Such rows come from logs that were written twice; kept, they would be trained on and
 * predicted as if the user had returned to the post.
 *
 * @param <R> the rows, compared by {@code equals}
 */
final class DistinctRows<R> {
  private long dropped;

  /** The rows of one user, each once, in their order. */
  List<R> of(List<R> rows) {
    List<R> kept = new ArrayList<>(new LinkedHashSet<>(rows));
    dropped += rows.size() - kept.size();
    return kept;
  }

  /** How many rows of all users were dropped. */
  long dropped() {
    return dropped;
  }
}
