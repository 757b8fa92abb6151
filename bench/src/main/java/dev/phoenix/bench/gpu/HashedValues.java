package dev.phoenix.bench.gpu;

import java.util.stream.IntStream;

/**
 * Pseudo-random numbers computed from their index. {@code rows.cu} and the peers' scripts compute
 * the same ones, so that gigabytes of weights and rows need not be copied. A value is an odd number
 * between -255 and 255 times {@code unit}, which is exact in bfloat16.
 *
 * @param seed the seed, different for every array
 * @param unit a power of two
 */
record HashedValues(int seed, float unit) {
  /** The standard deviation of odd numbers between -255 and 255. */
  private static final double DEVIATION = 147.8;

  private static final int BLOCK = 1 << 16;

  /** Values whose standard deviation is about {@code deviation}. */
  static HashedValues of(int seed, double deviation) {
    double exponent = Math.rint(Math.log(deviation / DEVIATION) / Math.log(2));
    return new HashedValues(seed, (float) Math.pow(2, exponent));
  }

  /** The value at an index. */
  float at(long index) {
    int x = (int) index * 0x9E3779B9 + (int) (index >>> 32) * 0x85EBCA6B + seed;
    x ^= x >>> 16;
    x *= 0x7FEB352D;
    x ^= x >>> 15;
    x *= 0x846CA68B;
    x ^= x >>> 16;
    return (2 * (x >>> 24) - 255) * unit;
  }

  /** The values from {@code first} on. */
  float[] array(long first, int count) {
    float[] values = new float[count];
    IntStream.range(0, Math.ceilDiv(count, BLOCK))
        .parallel()
        .forEach(
            block -> {
              int end = Math.min(count, (block + 1) * BLOCK);
              for (int i = block * BLOCK; i < end; i++) {
                values[i] = at(first + i);
              }
            });
    return values;
  }
}
