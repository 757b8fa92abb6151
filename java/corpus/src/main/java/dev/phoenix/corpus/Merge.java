package dev.phoenix.corpus;

import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Merges the results of the scans of a snapshot's segments. Every result is sorted by score, ties
 * by row, so the next best hit is the head of one of the results. Among equal heads, the earlier
 * segment wins.
 */
record Merge(Snapshot snapshot, List<Source> sources) {
  /**
   * The result of one scan.
   *
   * @param part index of the part in the snapshot
   * @param query the query of the scan
   */
  record Source(int part, TopKQuery query, TopK found) {
    private boolean mayBeRetrieved(int row, int user) {
      long[] mask = query.mask();
      return (mask == null || (mask[row / Long.SIZE] >>> row & 1) != 0)
          && Arrays.binarySearch(query.hidden(user), row) < 0;
    }

    /** The first index from {@code place} on that is a hit; the end if there is none. */
    private int next(int place, int user) {
      int next = place;
      while (next < found.k() && !isHit(user, user * found.k() + next)) {
        next++;
      }
      return next;
    }

    private boolean isHit(int user, int i) {
      return mayBeRetrieved(found.indices()[i], user) && !Float.isNaN(found.scores()[i]);
    }
  }

  /** The {@code k} best for a user; fewer if there are no more. */
  Hits best(int user, int k) {
    int most = (int) Math.min(k, sources.stream().mapToLong(source -> source.found().k()).sum());
    int[] positions = new int[most];
    float[] scores = new float[most];
    int[] places = new int[sources.size()];
    for (int s = 0; s < places.length; s++) {
      places[s] = sources.get(s).next(0, user);
    }
    Set<Long> seen = new HashSet<>();
    boolean mayRepeat = snapshot.corpora() > 1;
    int size = 0;
    for (int s = head(places, user); size < most && s >= 0; s = head(places, user)) {
      TopK found = sources.get(s).found();
      int at = user * found.k() + places[s];
      int position = snapshot.position(sources.get(s).part(), found.indices()[at]);
      if (!mayRepeat || seen.add(snapshot.postId(position))) {
        positions[size] = position;
        scores[size++] = found.scores()[at];
      }
      places[s] = sources.get(s).next(places[s] + 1, user);
    }
    return new Hits(Arrays.copyOf(positions, size), Arrays.copyOf(scores, size));
  }

  /** The source with the best head; -1 if all are exhausted. */
  private int head(int[] places, int user) {
    int best = -1;
    float bestScore = 0;
    for (int s = 0; s < places.length; s++) {
      TopK found = sources.get(s).found();
      if (places[s] < found.k()) {
        float score = found.scores()[user * found.k() + places[s]];
        if (best < 0 || score > bestScore) {
          best = s;
          bestScore = score;
        }
      }
    }
    return best;
  }
}
