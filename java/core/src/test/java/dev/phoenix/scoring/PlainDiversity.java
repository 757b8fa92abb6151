package dev.phoenix.scoring;

import java.util.ArrayList;
import java.util.List;

/**
 * A simple implementation of {@link VectorDiversity}, with distances from spans by Gram-Schmidt.
 */
record PlainDiversity(VectorDiversity options, float[] vectors, int columns) {
  int[] apply(int[] order, double[] scores) {
    int count = Math.min(options.first(), order.length);
    double most = scores[order[0]];
    double least = scores[order[count - 1]];
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      left.add(order[i]);
    }
    List<Integer> chosen = new ArrayList<>();
    List<double[]> basis = new ArrayList<>();
    while (!left.isEmpty()) {
      int best = left.getFirst();
      double bestGain = Double.NEGATIVE_INFINITY;
      for (int post : left) {
        double relevance = most > least ? (scores[post] - least) / (most - least) : 0;
        double gain =
            options.theta() * relevance
                + (1 - options.theta())
                    * (options.method() == VectorDiversity.Method.DPP
                        ? Math.log(squaredDistance(post, basis))
                        : -similarity(post, chosen));
        if (gain > bestGain) {
          best = post;
          bestGain = gain;
        }
      }
      left.remove(Integer.valueOf(best));
      chosen.add(best);
      if (squaredDistance(best, basis) > 0) {
        double[] rest = rest(best, basis);
        double norm = Math.sqrt(square(rest));
        for (int i = 0; i < columns; i++) {
          rest[i] /= norm;
        }
        basis.add(rest);
      }
    }
    int[] result = order.clone();
    for (int i = 0; i < count; i++) {
      result[i] = chosen.get(i);
    }
    return result;
  }

  private double similarity(int post, List<Integer> chosen) {
    double largest = chosen.isEmpty() ? 0 : Double.NEGATIVE_INFINITY;
    for (int other : chosen) {
      double dot = 0;
      for (int i = 0; i < columns; i++) {
        dot += (double) vectors[post * columns + i] * vectors[other * columns + i];
      }
      largest = Math.max(largest, dot);
    }
    return largest;
  }

  /**
   * The squared distance of a post from the span; 0 below the bound under which it counts as in the
   * span.
   */
  private double squaredDistance(int post, List<double[]> basis) {
    double distance = square(rest(post, basis));
    return distance < 1e-9 ? 0 : distance;
  }

  private double[] rest(int post, List<double[]> basis) {
    double[] rest = new double[columns];
    for (int i = 0; i < columns; i++) {
      rest[i] = vectors[post * columns + i];
    }
    for (double[] direction : basis) {
      double dot = 0;
      for (int i = 0; i < columns; i++) {
        dot += rest[i] * direction[i];
      }
      for (int i = 0; i < columns; i++) {
        rest[i] -= dot * direction[i];
      }
    }
    return rest;
  }

  private static double square(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }
}
