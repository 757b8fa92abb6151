package dev.phoenix.kernels;

import java.util.Random;

/**
 * Random inputs of a test. The seed is printed; {@code -Dphoenix.seed=N} replays a run with another
 * one.
 */
final class Numbers {
  private final Random random;

  private Numbers(long seed) {
    this.random = new Random(seed);
  }

  /** Inputs for the named test. */
  static Numbers of(String test) {
    long seed = Long.getLong("phoenix.seed", 20260101L);
    System.out.printf("%s: -Dphoenix.seed=%d%n", test, seed);
    return new Numbers(seed + test.hashCode());
  }

  /** Normally distributed. */
  float[] normal(int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  /** Normally distributed and exact in bfloat16. */
  float[] bfloat16(int count, double deviation) {
    return Bfloat16.round(normal(count, deviation));
  }

  /** Uniform in [0, 1). */
  float[] uniform(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** Uniform in [from, to). */
  int[] integers(int count, int from, int to) {
    return random.ints(count, from, to).toArray();
  }
}
