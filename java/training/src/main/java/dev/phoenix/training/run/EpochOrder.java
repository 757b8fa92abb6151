package dev.phoenix.training.run;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which samples a batch of an epoch has. All are shuffled; stretches of some batches are sorted by
 * length, so that those of one batch are alike in length; the batches are shuffled again.
 */
final class EpochOrder {
  private static final int STRETCH = 8;

  private final int samples;
  private final int size;
  private final long seed;
  private final IntUnaryOperator length;
  private long ordered = -1;
  private int[][] batches = new int[0][];

  /** Of {@code samples} samples, {@code size} a batch. */
  EpochOrder(int samples, int size, long seed, IntUnaryOperator length) {
    this.samples = samples;
    this.size = size;
    this.seed = seed;
    this.length = length;
  }

  int steps() {
    return (samples + size - 1) / size;
  }

  /** The samples of batch {@code index} of {@code epoch}. */
  int[] samples(long epoch, int index) {
    if (ordered != epoch) {
      batches = order(epoch);
      ordered = epoch;
    }
    return batches[index];
  }

  /** Random numbers for what else a batch needs. */
  SplittableRandom random(long epoch, int index) {
    return new SplittableRandom(
        seed * 0x9E3779B97F4A7C15L + epoch * 0xD1B54A32D192ED03L + index * 0x8CB92BA72F3D8DD7L + 1);
  }

  private int[][] order(long epoch) {
    SplittableRandom random = random(epoch, -1);
    int[] all = IntStream.range(0, samples).toArray();
    shuffle(all, random);
    int stretch = STRETCH * size;
    int[] sorted = new int[samples];
    for (int from = 0; from < samples; from += stretch) {
      int to = Math.min(samples, from + stretch);
      int[] part =
          Arrays.stream(all, from, to)
              .boxed()
              .sorted((a, b) -> Integer.compare(length.applyAsInt(a), length.applyAsInt(b)))
              .mapToInt(Integer::intValue)
              .toArray();
      System.arraycopy(part, 0, sorted, from, part.length);
    }
    int[] order = IntStream.range(0, steps()).toArray();
    shuffle(order, random);
    int[][] made = new int[steps()][];
    for (int b = 0; b < made.length; b++) {
      int from = order[b] * size;
      made[b] = Arrays.copyOfRange(sorted, from, Math.min(samples, from + size));
    }
    return made;
  }

  private static void shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
  }
}
