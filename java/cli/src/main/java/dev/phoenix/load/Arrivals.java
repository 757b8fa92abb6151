package dev.phoenix.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The times at which requests start: a Poisson process whose rate is constant or changes linearly.
 * Unit-rate arrivals, whose gaps are exponential, are mapped through the inverse of the expected
 * number of arrivals up to a time, which gives exactly that process.
 */
final class Arrivals {
  private static final double NANOS = 1e9;

  private Arrivals() {}

  /** Start times in nanoseconds from the beginning of the warm-up, ascending. */
  static long[] of(LoadPlan plan) {
    SplittableRandom random = new SplittableRandom(plan.seed());
    double warmUp = LoadPlan.seconds(plan.warmUp());
    double duration = LoadPlan.seconds(plan.duration());
    double warm = warmUp * plan.firstRate();
    double all = warm + duration * (plan.firstRate() + plan.lastRate()) / 2;
    long[] times = new long[(int) all + 16];
    int count = 0;
    double expected = -Math.log1p(-random.nextDouble());
    while (expected < all) {
      if (count == times.length) {
        times = Arrays.copyOf(times, count + count / 8 + 16);
      }
      double seconds =
          expected < warm
              ? expected / plan.firstRate()
              : warmUp + inverse(expected - warm, plan, duration);
      times[count++] = (long) (seconds * NANOS);
      expected += -Math.log1p(-random.nextDouble());
    }
    return Arrays.copyOf(times, count);
  }

  /** The time t at which r0 t + (r1 - r0) t² / 2d arrivals are expected. */
  private static double inverse(double expected, LoadPlan plan, double duration) {
    double slope = (plan.lastRate() - plan.firstRate()) / duration;
    double root = Math.sqrt(plan.firstRate() * plan.firstRate() + 2 * slope * expected);
    return 2 * expected / (plan.firstRate() + root);
  }
}
