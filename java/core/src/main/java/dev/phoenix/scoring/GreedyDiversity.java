package dev.phoenix.scoring;

import java.util.Arrays;

/**
 * The greedy order of {@link VectorDiversity}. Rows are laid out by dimension, so that the inner
 * loops run over posts and the compiler can use vector instructions for them.
 */
final class GreedyDiversity {
  /**
   * Squared distances below this are rounding errors: the vector lies in the span of those above.
   */
  private static final double DEPENDENT = 1e-9;

  private final VectorDiversity options;
  private final double[] relevance;
  private final int count;
  private final double[] gains;
  private final boolean[] taken;

  /** Prepares to reorder posts whose {@code relevance} is given in the order of their scores. */
  GreedyDiversity(VectorDiversity options, double[] relevance) {
    this.options = options;
    this.relevance = relevance;
    this.count = relevance.length;
    this.gains = new double[count];
    this.taken = new boolean[count];
  }

  /** Reorders the first posts of {@code order} in place; {@code vectors} is [posts, columns]. */
  void apply(int[] order, float[] vectors, int columns) {
    double[] byColumn = new double[columns * count];
    for (int i = 0; i < count; i++) {
      int at = order[i] * columns;
      for (int column = 0; column < columns; column++) {
        byColumn[column * count + i] = vectors[at + column];
      }
    }
    int[] chosen =
        switch (options.method()) {
          case DPP -> byDeterminant(byColumn, columns);
          case MMR -> byMarginalRelevance(byColumn, columns);
        };
    int[] before = Arrays.copyOf(order, count);
    for (int i = 0; i < count; i++) {
      order[i] = before[chosen[i]];
    }
  }

  /** Chooses by an incremental Cholesky factorisation of the similarities of the chosen posts. */
  private int[] byDeterminant(double[] byColumn, int columns) {
    int[] chosen = new int[count];
    double[] factors = new double[count * count];
    double[] distances = new double[count];
    for (int column = 0; column < columns; column++) {
      for (int i = 0; i < count; i++) {
        double value = byColumn[column * count + i];
        distances[i] += value * value;
      }
    }
    double[] row = new double[count];
    for (int place = 0; place < count; place++) {
      for (int i = 0; i < count; i++) {
        gains[i] =
            distances[i] < DEPENDENT
                ? Double.NEGATIVE_INFINITY
                : options.theta() * relevance[i] + (1 - options.theta()) * Math.log(distances[i]);
      }
      int best = take(chosen, place);
      if (distances[best] < DEPENDENT) {
        takeRest(chosen, place + 1);
        break;
      }
      similarities(row, byColumn, columns, best);
      for (int earlier = 0; earlier < place; earlier++) {
        subtract(row, factors, earlier * count, factors[earlier * count + best]);
      }
      double root = Math.sqrt(distances[best]);
      for (int i = 0; i < count; i++) {
        double factor = row[i] / root;
        factors[place * count + i] = factor;
        distances[i] -= factor * factor;
      }
    }
    return chosen;
  }

  private int[] byMarginalRelevance(double[] byColumn, int columns) {
    int[] chosen = new int[count];
    double[] largest = new double[count];
    double[] row = new double[count];
    for (int place = 0; place < count; place++) {
      for (int i = 0; i < count; i++) {
        gains[i] = options.theta() * relevance[i] - (1 - options.theta()) * largest[i];
      }
      int best = take(chosen, place);
      similarities(row, byColumn, columns, best);
      for (int i = 0; i < count; i++) {
        largest[i] = place == 0 ? row[i] : Math.max(largest[i], row[i]);
      }
    }
    return chosen;
  }

  /** Takes the remaining post with the largest gain; the first one among equals. */
  private int take(int[] chosen, int place) {
    int best = -1;
    for (int i = 0; i < count; i++) {
      if (!taken[i] && (best < 0 || gains[i] > gains[best])) {
        best = i;
      }
    }
    taken[best] = true;
    chosen[place] = best;
    return best;
  }

  private void takeRest(int[] chosen, int from) {
    int place = from;
    for (int i = 0; i < count; i++) {
      if (!taken[i]) {
        taken[i] = true;
        chosen[place++] = i;
      }
    }
  }

  /** Dot products of one post with every post. */
  private void similarities(double[] row, double[] byColumn, int columns, int post) {
    Arrays.fill(row, 0);
    for (int column = 0; column < columns; column++) {
      subtract(row, byColumn, column * count, -byColumn[column * count + post]);
    }
  }

  /** {@code row -= factor * values[from..]}. */
  private static void subtract(double[] row, double[] values, int from, double factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] -= factor * values[from + i];
    }
  }
}
