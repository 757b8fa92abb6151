package dev.phoenix.scoring;

import java.util.Arrays;

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

  /** Placed posts taken into account at a time. */
  private static final int STEP = VectorRows.TOGETHER;

  private final VectorDiversity options;
  private final double[] relevance;
  private final int count;

  /** The first posts, highest score first. */
  private final int[] posts;

  /**
   * The directions that the vectors of the placed posts span, as an orthonormal basis (DPP), or
   * these vectors themselves (MMR).
   */
  private final VectorRows rows;

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
   * @param vectors [posts, columns] the vectors of all posts
   */
  GreedyDiversity(VectorDiversity options, double[] relevance, int[] order, float[] vectors) {
    this.options = options;
    this.relevance = relevance;
    this.count = relevance.length;
    this.rows = new VectorRows(vectors, vectors.length / order.length);
    this.posts = Arrays.copyOf(order, count);
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
    rows.clear(exact);
    int placed =
        switch (options.method()) {
          case DPP -> byDeterminant(exact);
          case MMR -> byMarginalRelevance(exact);
        };
    takeRest(placed);
    for (int i = 0; i < count; i++) {
      order[i] = posts[chosen[i]];
    }
  }

  /** Takes the placed posts {@code from} to {@code to - 1} into account in the gain of a post. */
  private interface Refresh {
    /**
     * Sets {@code gains[post]}: to the gain, or to an upper bound of it that is below {@code
     * floor}.
     */
    void run(int post, int from, int to, double floor);
  }

  /**
   * Subtracts from each squared distance the squares of the vector's components along the basis,
   * which gains a direction with each placed post; returns how many posts are placed.
   */
  private int byDeterminant(int places) {
    double[] distances = new double[count];
    // [posts, places]: components of the vectors along the basis.
    double[] components = new double[count * places];
    for (int i = 0; i < count; i++) {
      distances[i] = rows.square(posts[i]);
      gains[i] = determinantGain(i, distances[i], Double.NEGATIVE_INFINITY);
    }
    Refresh refresh =
        (post, from, to, floor) -> {
          int own = post * places;
          rows.multiply(posts[post], new VectorRows.Range(from, to), components, own);
          for (int at = own + from; at < own + to; at++) {
            distances[post] -= components[at] * components[at];
          }
          gains[post] = determinantGain(post, distances[post], floor);
        };
    for (int place = 0; place < places; place++) {
      int best = best(place, refresh);
      if (distances[best] < DEPENDENT) {
        // No gain is larger, so the vectors of all posts left depend on those above.
        return place;
      }
      rows.setDirection(place, posts[best], components, best * places);
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
    double[] similarities = new double[places];
    double[] largest = new double[count];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    Refresh refresh =
        (post, from, to, _) -> {
          rows.multiply(posts[post], new VectorRows.Range(from, to), similarities, 0);
          for (int at = from; at < to; at++) {
            largest[post] = Math.max(largest[post], similarities[at]);
          }
          gains[post] = options.theta() * relevance[post] - (1 - options.theta()) * largest[post];
        };
    // Nothing is above the first post, so relevance alone decides, and post 0 has the most.
    rows.set(0, posts[0]);
    take(0, 0);
    // The first similarity may be negative and raise a gain; after it no gain grows.
    for (int i = 0; i < count; i++) {
      refresh.run(i, 0, 1, Double.NEGATIVE_INFINITY);
      known[i] = 1;
    }
    for (int place = 1; place < places; place++) {
      int best = best(place, refresh);
      rows.set(place, posts[best]);
      take(place, best);
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
    refresh(best, place, Double.NEGATIVE_INFINITY, refresh);
    for (int i = 0; i < count; i++) {
      if (!taken[i] && i != best && isBefore(i, best)) {
        refresh(i, place, gains[best], refresh);
        if (isBefore(i, best)) {
          best = i;
        }
      }
    }
    return best;
  }

  /** Takes placed posts into account, some at a time, until the gain is known or below a floor. */
  private void refresh(int post, int place, double floor, Refresh refresh) {
    do {
      int to = Math.min(place, known[post] + STEP);
      refresh.run(post, known[post], to, floor);
      known[post] = to;
    } while (known[post] < place && gains[post] >= floor);
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
}
