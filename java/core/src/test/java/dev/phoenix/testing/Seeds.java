package dev.phoenix.testing;

import java.util.Random;

/**
 * Random numbers that differ from run to run and can be reproduced: the seed is printed, is part of
 * every message of {@link Closeness}, and can be set by {@code -Dphoenix.test.seed}.
 */
public final class Seeds {
  private static final long SEED = Long.getLong("phoenix.test.seed", System.nanoTime() >>> 8);

  static {
    System.out.println(replay());
  }

  private Seeds() {}

  /**
   * Random numbers that depend only on the run's seed and on {@code what}, not on the order of
   * tests.
   */
  public static Random random(String what) {
    return new Random(SEED * 31 + what.hashCode());
  }

  /** The option that reproduces this run's numbers. */
  public static String replay() {
    return "replay with -Dphoenix.test.seed=" + SEED;
  }
}
