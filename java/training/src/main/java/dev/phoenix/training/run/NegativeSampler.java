package dev.phoenix.training.run;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws posts with a probability proportional to (1 + positive events)^exponent. */
final class NegativeSampler {
  private final double[] cumulative;

  private NegativeSampler(double[] cumulative) {
    this.cumulative = cumulative;
  }

  /**
   * Counts the first events of every user.
   *
   * @param known how many of each user
   * @param exponent 0 for all posts alike, 1 for popularity
   */
  static NegativeSampler create(Dataset dataset, int[] known, double exponent) {
    double[] weights = new double[dataset.catalog().size()];
    Arrays.fill(weights, 1);
    for (int user = 0; user < known.length; user++) {
      Events events = dataset.users().get(user).events();
      for (int i = 0; i < known[user]; i++) {
        weights[events.posts()[i]] += events.isPositive(i) ? 1 : 0;
      }
    }
    double sum = 0;
    for (int post = 0; post < weights.length; post++) {
      sum += Math.pow(weights[post], exponent);
      weights[post] = sum;
    }
    return new NegativeSampler(weights);
  }

  /** Draws {@code count} posts, one and the same perhaps several times. */
  int[] draw(int count, SplittableRandom random) {
    int[] posts = new int[count];
    for (int i = 0; i < count; i++) {
      double at = random.nextDouble() * cumulative[cumulative.length - 1];
      int place = Arrays.binarySearch(cumulative, at);
      posts[i] = Math.min(cumulative.length - 1, place < 0 ? -place - 1 : place + 1);
    }
    return posts;
  }
}
