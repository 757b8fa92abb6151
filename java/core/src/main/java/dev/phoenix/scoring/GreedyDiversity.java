package dev.phoenix.scoring;

import java.util.Arrays;

/**
 * The greedy order of {@link VectorDiversity}, lazily: a post's gain does not grow as others are
 * placed, so its last known gain is a bound, and only posts whose bound is the largest are brought
 * up to date. Their number, and not that of all pairs, is what the work depends on.
 */
final class GreedyDiversity {
  /**
   * Squared distances below this are rounding errors: the vector lies in the span of those above.
   */
  private static final double DEPENDENT = 1e-9;

  private final VectorDiversity options;
  private final double[] relevance;
  private final int count;
  private final int columns;

  /** [count, columns], by place in the order of the scores. */
  private final double[] vectors;

  /** Gains as of the last time that a post was brought up to date. */
  private final double[] gains;

  /** How many placed posts the gain of a post takes into account. */
  private final int[] known;

  private final boolean[] taken;
  private final int[] chosen;

  /**
   * For the first posts of {@code order}.
   *
   * @param relevance of these posts, in their order
   * @param all [posts, columns]
   */
  GreedyDiversity(VectorDiversity options, double[] relevance, int[] order, float[] all) {
    this.options = options;
    this.relevance = relevance;
    this.count = relevance.length;
    this.columns = all.length / order.length;
    this.vectors = new double[count * columns];
    for (int i = 0; i < count; i++) {
      for (int column = 0; column < columns; column++) {
        vectors[i * columns + column] = all[order[i] * columns + column];
      }
    }
    this.gains = new double[count];
    this.known = new int[count];
    this.taken = new boolean[count];
    this.chosen = new int[count];
  }

  /**
   * Orders the first of {@code order} anew.
   *
   * @param places that have to be right; the posts behind them follow by score
   */
  void apply(int[] order, int places) {
    int placed =
        switch (options.method()) {
          case DPP -> byDeterminant(Math.min(places, count));
          case MMR -> byMarginalRelevance(Math.min(places, count));
        };
    takeRest(placed);
    int[] before = Arrays.copyOf(order, count);
    for (int i = 0; i < count; i++) {
      order[i] = before[chosen[i]];
    }
  }

  /**
   * Incremental Cholesky factorisation of the similarities of the posts placed so far; returns how
   * many posts are placed.
   */
  private int byDeterminant(int places) {
    double[] factors = new double[count * places];
    double[] distances = new double[count];
    for (int i = 0; i < count; i++) {
      distances[i] = dot(vectors, i * columns, i * columns, columns);
      gains[i] = determinantGain(i, distances[i]);
    }
    for (int place = 0; place < places; place++) {
      int best = best();
      while (known[best] < place) {
        for (int at = known[best]; at < place; at++) {
          int above = chosen[at];
          double similarity = dot(vectors, best * columns, above * columns, columns);
          double explained = dot(factors, best * places, above * places, at);
          double factor = (similarity - explained) / Math.sqrt(distances[above]);
          factors[best * places + at] = factor;
          distances[best] -= factor * factor;
        }
        known[best] = place;
        gains[best] = determinantGain(best, distances[best]);
        best = best();
      }
      if (distances[best] < DEPENDENT) {
        // Bounds are in falling order: all that are left depend on those above.
        return place;
      }
      take(place, best);
    }
    return places;
  }

  private double determinantGain(int post, double distance) {
    return distance < DEPENDENT
        ? Double.NEGATIVE_INFINITY
        : options.theta() * relevance[post] + (1 - options.theta()) * Math.log(distance);
  }

  private int byMarginalRelevance(int places) {
    double[] largest = new double[count];
    for (int i = 0; i < count; i++) {
      gains[i] = options.theta() * relevance[i];
    }
    take(0, best());
    // The first similarity may be negative and raise a gain; from the second on none grows.
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < count; i++) {
      bringUpToDate(i, 1, largest);
    }
    for (int place = 1; place < places; place++) {
      int best = best();
      while (known[best] < place) {
        bringUpToDate(best, place, largest);
        best = best();
      }
      take(place, best);
    }
    return places;
  }

  private void bringUpToDate(int post, int place, double[] largest) {
    for (int at = known[post]; at < place; at++) {
      double similarity = dot(vectors, post * columns, chosen[at] * columns, columns);
      largest[post] = Math.max(largest[post], similarity);
    }
    known[post] = place;
    gains[post] = options.theta() * relevance[post] - (1 - options.theta()) * largest[post];
  }

  /** The post left of the largest gain, the first of equal ones. */
  private int best() {
    int best = -1;
    for (int i = 0; i < count; i++) {
      if (!taken[i] && (best < 0 || gains[i] > gains[best])) {
        best = i;
      }
    }
    return best;
  }

  private void take(int place, int post) {
    taken[post] = true;
    chosen[place] = post;
  }

  private void takeRest(int from) {
    int place = from;
    for (int i = 0; i < count; i++) {
      if (!taken[i]) {
        take(place++, i);
      }
    }
  }

  /** The dot product of two runs of {@code values}; four sums, which do not wait for each other. */
  private static double dot(double[] values, int a, int b, int length) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i <= length - 4; i += 4) {
      sum0 += values[a + i] * values[b + i];
      sum1 += values[a + i + 1] * values[b + i + 1];
      sum2 += values[a + i + 2] * values[b + i + 2];
      sum3 += values[a + i + 3] * values[b + i + 3];
    }
    for (; i < length; i++) {
      sum0 += values[a + i] * values[b + i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }
}
