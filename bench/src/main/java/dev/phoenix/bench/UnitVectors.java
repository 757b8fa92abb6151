package dev.phoenix.bench;

import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Random rows of unit length for a corpus. */
final class UnitVectors {
  private UnitVectors() {}

  /** Fills {@code rows} [N, D]; rows depend on the seed and not on the number of cores. */
  static void fill(MemorySegment rows, Shape shape, long seed) {
    IntStream.range(0, shape.rows())
        .parallel()
        .forEach(
            row -> {
              float[] vector = create(shape.columns(), seed + row);
              long at = (long) row * shape.columns() * Float.BYTES;
              MemorySegment.copy(vector, 0, rows, ValueLayout.JAVA_FLOAT, at, shape.columns());
            });
  }

  /** One vector. */
  static float[] create(int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] vector = new float[columns];
    double square = 0;
    for (int d = 0; d < columns; d++) {
      vector[d] = (float) random.nextGaussian();
      square += (double) vector[d] * vector[d];
    }
    float inverse = (float) (1 / Math.sqrt(square));
    for (int d = 0; d < columns; d++) {
      vector[d] *= inverse;
    }
    return vector;
  }
}
