package dev.phoenix.kernels.check;

import java.util.Random;

/** Random inputs of one case, which depend only on seed and name. */
public final class Numbers {
  /** The default seed of a run. */
  public static final long DEFAULT_SEED = 20260101L;

  private final Random random;

  private Numbers(long seed) {
    this.random = new Random(seed);
  }

  /** The seed of this run: {@code -Dphoenix.seed=N}, or {@link #DEFAULT_SEED}. */
  public static long seed() {
    return Long.getLong("phoenix.seed", DEFAULT_SEED);
  }

  /** Inputs for a case name and a seed. */
  public static Numbers of(long seed, String name) {
    return new Numbers(seed + name.hashCode());
  }

  /** Normally distributed. */
  public float[] normal(int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  /** Normally distributed and exact in bfloat16. */
  public float[] bfloat16(int count, double deviation) {
    return Bfloat16.round(normal(count, deviation));
  }

  /** Uniform in [0, 1). */
  public float[] uniform(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** Uniform in [from, to). */
  public int[] integers(int count, int from, int to) {
    return random.ints(count, from, to).toArray();
  }

  /** Whole numbers in [-100, 100]: sums of their products are exact in float32. */
  public float[] wholeNumbers(int count) {
    int[] drawn = integers(count, -100, 101);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = drawn[i];
    }
    return values;
  }

  /** True with probability {@code 1 - 1/n}. */
  public boolean[] mostly(int count, int n) {
    int[] drawn = integers(count, 0, n);
    boolean[] values = new boolean[count];
    for (int i = 0; i < count; i++) {
      values[i] = drawn[i] != 0;
    }
    return values;
  }
}
