package dev.phoenix.ops.gpu;

import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.kernels.reference.TopKReference;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Scans for users of whom each may not be given some entries of the corpus. Users with few of them
 * share one scan for so many more than K that K are left when theirs are taken out; a user with
 * many has a scan with a mask of the user's own.
 *
 * @param entries N
 * @param scan answers queries that hide nothing
 */
record HidingScans(int entries, Function<TopKQuery, TopK> scan) {
  /** Hidden entries of a user that shares a scan, at most. */
  private static final int MAX_SHARED = 512;

  /** Every other number of results is another plan, so there are few numbers. */
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

  /** What a user's own mask would have given: the hidden entries among the masked ones. */
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
          scores[at++] = TopKReference.MASKED_SCORE;
        }
        indices[at] = entry;
        scores[at++] = score;
      }
    }
    while (next < hidden.length) {
      indices[at] = hidden[next++];
      scores[at++] = TopKReference.MASKED_SCORE;
    }
    return new TopK(1, at, indices, scores);
  }

  /** Whether an entry comes before a masked one; an infinitely bad score and a NaN do not. */
  private static boolean isBefore(int entry, float score, int masked) {
    return score > TopKReference.MASKED_SCORE
        || (score == TopKReference.MASKED_SCORE && entry < masked);
  }

  /** Copies the first of what was found for one user to the place of {@code user}. */
  private static void put(TopK best, int user, TopK found) {
    System.arraycopy(found.indices(), 0, best.indices(), user * best.k(), best.k());
    System.arraycopy(found.scores(), 0, best.scores(), user * best.k(), best.k());
  }
}
