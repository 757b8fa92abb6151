package dev.phoenix.ops.gpu;

import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Scores a few entries exactly on the host and selects the K best. */
record Rescoring(GpuCorpusIndex index, TopKQuery query, int k) {
  static Rescoring of(GpuCorpusIndex index, TopKQuery query, int k) {
    return new Rescoring(index, query, k);
  }

  private record Entry(int index, float score) {}

  /** NaN last, equal scores in the order of the corpus. */
  private static final Comparator<Entry> BEST_FIRST =
      Comparator.<Entry>comparingDouble(entry -> -entry.score()).thenComparingInt(Entry::index);

  /** The K best of {@code survivors}; null if an entry outside them could belong to the K best. */
  @Nullable TopK best(TopK survivors) {
    TopK best = empty();
    for (int user = 0; user < query.count(); user++) {
      int from = user * survivors.k();
      int column = user * index.shape().columns();
      take(
          best, user, IntStream.range(from, from + survivors.k()).map(i -> survivors.indices()[i]));
      float last = best.scores()[(user + 1) * k - 1];
      float bound = survivors.scores()[from + survivors.k() - 1];
      boolean all = survivors.k() == index.shape().rows();
      boolean onlyMaskedAreLeft = bound == TopKQuery.MASKED_SCORE;
      // False if either side is NaN.
      if (!(all || onlyMaskedAreLeft || last > bound + index.slack(query.users(), column))) {
        return null;
      }
    }
    return best;
  }

  /** The K best of the whole corpus, with every entry scored on the host. */
  TopK bestOfAll() {
    TopK best = empty();
    for (int user = 0; user < query.count(); user++) {
      take(best, user, IntStream.range(0, index.shape().rows()));
    }
    return best;
  }

  private TopK empty() {
    int size = query.count() * k;
    return new TopK(query.count(), k, new int[size], new float[size]);
  }

  private void take(TopK best, int user, IntStream entries) {
    int column = user * index.shape().columns();
    int[] at = {user * k};
    entries
        .mapToObj(i -> new Entry(i, visible(i) ? score(column, i) : TopKQuery.MASKED_SCORE))
        .sorted(BEST_FIRST)
        .limit(k)
        .forEachOrdered(
            entry -> {
              best.indices()[at[0]] = entry.index();
              best.scores()[at[0]++] = entry.score();
            });
  }

  private float score(int column, int entry) {
    return index.score(query.users(), column, entry);
  }

  private boolean visible(int entry) {
    long[] mask = query.mask();
    return mask == null || (mask[entry / Long.SIZE] >>> entry & 1) != 0;
  }
}
