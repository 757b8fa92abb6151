package dev.phoenix.ptx.emulator;

import java.util.Random;

/** Operand values: the awkward ones in every pairing, then random ones from a fixed seed. */
final class Operands {
  private static final int RANDOM = 64;

  private Operands() {}

  static long[][] words(int operands, long seed) {
    int[] edges = {
      0, 1, -1, 2, 31, 32, 33, 255, -128, 32768, 65535, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    Random random = new Random(seed);
    long[] values = new long[edges.length];
    for (int i = 0; i < edges.length; i++) {
      values[i] = edges[i];
    }
    return pair(values, operands, () -> random.nextInt(), 0xffffffffL);
  }

  static long[][] longs(int operands, long seed) {
    long[] edges = {
      0, 1, -1, 63, 64, 1L << 31, -(1L << 31), 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE
    };
    Random random = new Random(seed);
    return pair(edges, operands, random::nextLong, -1L);
  }

  static long[][] floats(int operands, long seed) {
    float[] edges = {
      0f,
      -0f,
      1f,
      -1f,
      0.5f,
      1.5f,
      2.5f,
      -2.5f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE,
      0x1p-127f,
      -0x1p-127f,
      Float.MIN_NORMAL,
      Float.MAX_VALUE,
      3e9f,
      -3e9f
    };
    Random random = new Random(seed);
    long[] values = new long[edges.length];
    for (int i = 0; i < edges.length; i++) {
      values[i] = Float.floatToRawIntBits(edges[i]);
    }
    return pair(
        values,
        operands,
        () -> Float.floatToRawIntBits((float) random.nextGaussian() * 100),
        0xffffffffL);
  }

  static long[][] doubles(int operands, long seed) {
    double[] edges = {
      0,
      -0.0,
      1,
      -1,
      0.5,
      2.5,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      1e10,
      -1e20,
      1 + 0x1p-52
    };
    Random random = new Random(seed);
    long[] values = new long[edges.length];
    for (int i = 0; i < edges.length; i++) {
      values[i] = Double.doubleToRawLongBits(edges[i]);
    }
    return pair(values, operands, () -> Double.doubleToRawLongBits(random.nextGaussian()), -1L);
  }

  private static long[][] pair(
      long[] edges, int operands, java.util.function.LongSupplier random, long mask) {
    int n = edges.length;
    int count = Math.min(1024, n * n + RANDOM);
    long[][] all = new long[operands][count];
    for (int i = 0; i < count; i++) {
      for (int operand = 0; operand < operands; operand++) {
        long value;
        if (i >= n * n) {
          value = random.getAsLong();
        } else {
          int index = operand == 0 ? i / n : operand == 1 ? i % n : (i * 7 + operand) % n;
          value = edges[index];
        }
        all[operand][i] = value & mask;
      }
    }
    return all;
  }
}
