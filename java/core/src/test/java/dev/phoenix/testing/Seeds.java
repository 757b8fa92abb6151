package dev.phoenix.testing;

import java.util.Random;

/**
 * Random numbers that differ from run to run and can be had again: the seed is printed, stands in
 * every message of {@link Closeness}, and is taken from {@code -Dphoenix.test.seed} where given.
 */
public final class Seeds {
  private static final long SEED = Long.getLong("phoenix.test.seed", System.nanoTime() >>> 8);

  static {
    System.out.println(replay());
  }

  private Seeds() {}

  /** Numbers that depend on the run's seed and on {@code what} alone, not on the test order. */
  public static Random random(String what) {
    return new Random(SEED * 31 + what.hashCode());
  }

  /** How to have this run's numbers again. */
  public static String replay() {
    return "replay with -Dphoenix.test.seed=" + SEED;
  }
}
