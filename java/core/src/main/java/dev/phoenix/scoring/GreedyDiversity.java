package dev.phoenix.scoring;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Computes the greedy order of {@link VectorDiversity} lazily. The gain of a post never grows when
 * another post is placed, so a gain that was computed earlier is an upper bound. The gain of a post
 * is computed again only if its bound reaches the best gain of the current place.
 */
final class GreedyDiversity {
  /**
   * Squared distances below this are rounding errors: the vector lies in the span of the vectors
   * placed before.
   */
  private static final double DEPENDENT = 1e-9;

  private static final VectorSpecies<Double> LANES = DoubleVector.SPECIES_PREFERRED;

  private final VectorDiversity options;
  private final double[] relevance;
  private final int count;
  private final int columns;

  /** [count, columns], by place in the order of the scores. */
  private final double[] vectors;

  /** Gain of each post, or an upper bound of it. */
  private final double[] gains;

  /** Number of placed posts that a post's gain takes into account. */
  private final int[] known;

  private final boolean[] taken;
  private final int[] chosen;

  /**
   * Prepares the first posts of {@code order}.
   *
   * @param relevance of the first posts, in the order of {@code order}
   * @param all [posts, columns] the vectors of all posts
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
   * Reorders the first posts of {@code order} in place.
   *
   * @param places number of places to choose greedily; the remaining posts follow by score
   */
  void apply(int[] order, int places) {
    int exact = Math.clamp(places, 1, count);
    int placed =
        switch (options.method()) {
          case DPP -> byDeterminant(exact);
          case MMR -> byMarginalRelevance(exact);
        };
    takeRest(placed);
    int[] before = Arrays.copyOf(order, count);
    for (int i = 0; i < count; i++) {
      order[i] = before[chosen[i]];
    }
  }

  /** Takes the first {@code place} posts placed into account in the gain of a post. */
  private interface Refresh {
    /**
     * Sets {@code gains[post]}: to the gain, or to an upper bound of it that is below {@code
     * floor}.
     */
    void run(int post, int place, double floor);
  }

  /**
   * Incremental Cholesky factorisation of the similarities of the posts placed so far; returns how
   * many posts are placed.
   */
  private int byDeterminant(int places) {
    double[] factors = new double[count * places];
    double[] distances = new double[count];
    double[] inverseRoots = new double[places];
    for (int i = 0; i < count; i++) {
      distances[i] = dot(vectors, i * columns, i * columns, columns);
      gains[i] = determinantGain(i, distances[i], Double.NEGATIVE_INFINITY);
    }
    Refresh refresh =
        (post, place, floor) -> {
          for (int at = known[post]; at < place; at++) {
            int above = chosen[at];
            double similarity = dot(vectors, post * columns, above * columns, columns);
            double explained = dot(factors, post * places, above * places, at);
            double factor = (similarity - explained) * inverseRoots[at];
            factors[post * places + at] = factor;
            distances[post] -= factor * factor;
          }
          gains[post] = determinantGain(post, distances[post], floor);
        };
    for (int place = 0; place < places; place++) {
      int best = best(place, refresh);
      if (distances[best] < DEPENDENT) {
        // No gain is larger, so the vectors of all posts left depend on those above.
        return place;
      }
      inverseRoots[place] = 1 / Math.sqrt(distances[best]);
      take(place, best);
    }
    return places;
  }

  private double determinantGain(int post, double distance, double floor) {
    if (distance < DEPENDENT) {
      return Double.NEGATIVE_INFINITY;
    }
    double relevant = options.theta() * relevance[post];
    // log x <= x - 1, which is cheaper.
    double bound = relevant + (1 - options.theta()) * (distance - 1);
    return bound < floor ? bound : relevant + (1 - options.theta()) * Math.log(distance);
  }

  private int byMarginalRelevance(int places) {
    double[] largest = new double[count];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    Refresh refresh =
        (post, place, _) -> {
          for (int at = known[post]; at < place; at++) {
            double similarity = dot(vectors, post * columns, chosen[at] * columns, columns);
            largest[post] = Math.max(largest[post], similarity);
          }
          gains[post] = options.theta() * relevance[post] - (1 - options.theta()) * largest[post];
        };
    // Nothing is above the first post, so relevance alone decides, and post 0 has the most.
    take(0, 0);
    // The first similarity may be negative and raise a gain; after it no gain grows.
    for (int i = 0; i < count; i++) {
      refresh.run(i, 1, Double.NEGATIVE_INFINITY);
      known[i] = 1;
    }
    for (int place = 1; place < places; place++) {
      take(place, best(place, refresh));
    }
    return places;
  }

  /**
   * The post with the largest gain that is not placed; the first one among equal gains. Skips posts
   * whose bound is below the best gain found so far.
   */
  private int best(int place, Refresh refresh) {
    int best = largestKnown();
    // The entry may be a bound; this computes the gain.
    refresh.run(best, place, Double.NEGATIVE_INFINITY);
    known[best] = place;
    for (int i = 0; i < count; i++) {
      if (!taken[i] && i != best && isBefore(i, best)) {
        refresh.run(i, place, gains[best]);
        known[i] = place;
        if (isBefore(i, best)) {
          best = i;
        }
      }
    }
    return best;
  }

  private boolean isBefore(int post, int other) {
    return gains[post] > gains[other] || (gains[post] == gains[other] && post < other);
  }

  private int largestKnown() {
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

  /** The dot product of two runs of {@code values}; two sums, which do not wait for each other. */
  private static double dot(double[] values, int a, int b, int length) {
    DoubleVector even = DoubleVector.zero(LANES);
    DoubleVector odd = DoubleVector.zero(LANES);
    int width = LANES.length();
    int i = 0;
    for (; i <= length - 2 * width; i += 2 * width) {
      even = lanes(values, a + i).fma(lanes(values, b + i), even);
      odd = lanes(values, a + i + width).fma(lanes(values, b + i + width), odd);
    }
    for (; i <= length - width; i += width) {
      even = lanes(values, a + i).fma(lanes(values, b + i), even);
    }
    double sum = even.add(odd).reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      sum += values[a + i] * values[b + i];
    }
    return sum;
  }

  private static DoubleVector lanes(double[] values, int at) {
    return DoubleVector.fromArray(LANES, values, at);
  }
}
