package dev.phoenix.ops.gpu;

import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Scans for users with hidden corpus entries. Users with few hidden entries share one scan for
 * enough results that K remain after the hidden ones are removed. A user with many has a separate
 * scan with an own mask.
 *
 * @param entries N
 * @param scan runs queries without hidden entries
 */
record HidingScans(int entries, Function<TopKQuery, TopK> scan) {
  /** Most hidden entries of a user in a shared scan. */
  private static final int MAX_SHARED = 512;

  /**
   * Least number of extra results. Each number of results needs its own plan, so the numbers are
   * powers of two from here.
   */
  private static final int LEAST_SPARE = 64;

  TopK run(TopKQuery query) {
    int k = Math.min(query.k(), entries);
    TopK best =
        new TopK(query.count(), k, new int[query.count() * k], new float[query.count() * k]);
    List<Integer> together = new ArrayList<>();
    int most = 0;
    for (int user = 0; user < query.count(); user++) {
      int hidden = query.hidden(user).length;
      if (hidden <= MAX_SHARED && k + spare(hidden) <= TopKKernel.MAX_K) {
        together.add(user);
        most = Math.max(most, hidden);
      } else {
        put(best, user, scan.apply(alone(query, user, k)));
      }
    }
    if (!together.isEmpty()) {
      int width = Math.min(entries, k + (most == 0 ? 0 : spare(most)));
      TopK found =
          scan.apply(new TopKQuery(vectors(query, together), together.size(), query.mask(), width));
      for (int i = 0; i < together.size(); i++) {
        put(best, together.get(i), without(found, i, query.hidden(together.get(i))));
      }
    }
    return best;
  }

  private static int spare(int hidden) {
    return hidden <= LEAST_SPARE ? LEAST_SPARE : Integer.highestOneBit(hidden - 1) << 1;
  }

  private static float[] vectors(TopKQuery query, List<Integer> users) {
    int columns = query.users().length / query.count();
    float[] vectors = new float[users.size() * columns];
    for (int i = 0; i < users.size(); i++) {
      System.arraycopy(query.users(), users.get(i) * columns, vectors, i * columns, columns);
    }
    return vectors;
  }

  private TopKQuery alone(TopKQuery query, int user, int k) {
    long[] mask = query.mask();
    long[] own = new long[Math.ceilDiv(entries, Long.SIZE)];
    if (mask == null) {
      Arrays.fill(own, -1L);
    } else {
      System.arraycopy(mask, 0, own, 0, own.length);
    }
    for (int entry : query.hidden(user)) {
      own[entry / Long.SIZE] &= ~(1L << entry);
    }
    return new TopKQuery(vectors(query, List.of(user)), 1, own, k);
  }

  /**
   * Moves the hidden entries of a user to the position of masked entries, which gives the result of
   * a scan with the user's own mask.
   */
  private static TopK without(TopK found, int user, int[] hidden) {
    int[] indices = new int[found.k() + hidden.length];
    float[] scores = new float[indices.length];
    int at = 0;
    int next = 0;
    for (int i = user * found.k(); i < (user + 1) * found.k(); i++) {
      int entry = found.indices()[i];
      float score = found.scores()[i];
      if (Arrays.binarySearch(hidden, entry) < 0) {
        while (next < hidden.length && !isBefore(entry, score, hidden[next])) {
          indices[at] = hidden[next++];
          scores[at++] = TopKQuery.MASKED_SCORE;
        }
        indices[at] = entry;
        scores[at++] = score;
      }
    }
    while (next < hidden.length) {
      indices[at] = hidden[next++];
      scores[at++] = TopKQuery.MASKED_SCORE;
    }
    return new TopK(1, at, indices, scores);
  }

  /** Whether an entry ranks before a masked one; scores of minus infinity and NaN do not. */
  private static boolean isBefore(int entry, float score, int masked) {
    return score > TopKQuery.MASKED_SCORE || (score == TopKQuery.MASKED_SCORE && entry < masked);
  }

  /** Copies the first K results of one user to the rows of {@code user} in {@code best}. */
  private static void put(TopK best, int user, TopK found) {
    System.arraycopy(found.indices(), 0, best.indices(), user * best.k(), best.k());
    System.arraycopy(found.scores(), 0, best.scores(), user * best.k(), best.k());
  }
}
