package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Matrix products of awkward sizes in every layout, against a triple loop in double. */
class EmulatedMatmulTest {
  private static short[] halves(int count, long seed) {
    Random random = new Random(seed);
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      values[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
    }
    return values;
  }

  private static float value(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  private static float at(short[] data, MatrixLayout layout, int batch, int row, int column) {
    boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
    long major = normal ? row : column;
    long minor = normal ? column : row;
    return value(
        data[(int) (batch * layout.batchStride() + major * layout.leadingDimension() + minor)]);
  }

  private static void check(MatmulShape shape, boolean adding) {
    short[] a = halves((int) shape.byteSizeOfA() / 2, 1);
    short[] b = halves((int) shape.byteSizeOfB() / 2, 2);
    try (Bench bench = new Bench();
        Matmul plan = bench.device.planMatmul(shape)) {
      DeviceBuffer c = adding ? bench.zeros(shape.byteSizeOfC()) : bench.empty(shape.byteSizeOfC());
      DeviceBuffer left = bench.of(a);
      DeviceBuffer right = bench.of(b);
      if (adding) {
        plan.run(bench.stream, c, left, right);
        plan.runAdding(bench.stream, c, left, right);
      } else {
        plan.run(bench.stream, c, left, right);
      }
      float[] out = bench.floats(c);
      Size size = shape.size();
      for (int batch = 0; batch < shape.batches(); batch++) {
        for (int row = 0; row < size.m(); row++) {
          for (int column = 0; column < size.n(); column++) {
            double sum = 0;
            double magnitude = 0;
            for (int k = 0; k < size.k(); k++) {
              double product =
                  (double) at(a, shape.a(), batch, row, k) * at(b, shape.b(), batch, k, column);
              sum += product;
              magnitude += Math.abs(product);
            }
            int index =
                (int)
                    (batch * shape.c().batchStride() + row * shape.c().leadingDimension() + column);
            // k roundings of a partial sum that is at most the sum of the magnitudes
            double bound = size.k() * 0x1p-24 * magnitude * (adding ? 3 : 1);
            assertEquals(adding ? 2 * sum : sum, out[index], bound, row + ", " + column);
          }
        }
      }
    }
  }

  @Test
  void awkwardSizes() {
    for (int m : new int[] {1, 7, 33}) {
      for (int n : new int[] {1, 8, 31}) {
        for (int k : new int[] {1, 5, 64}) {
          check(MatmulShape.dense(new Size(m, n, k), ElementType.BF16, ElementType.F32), false);
        }
      }
    }
  }

  @Test
  void transposesStridesAndBatches() {
    Size size = new Size(9, 10, 11);
    MatmulShape dense = MatmulShape.dense(size, ElementType.BF16, ElementType.F32);
    check(dense.withB(MatrixLayout.denseTransposed(ElementType.BF16, 11, 10)), false);
    check(dense.withA(MatrixLayout.denseTransposed(ElementType.BF16, 9, 11)), false);
    check(dense.withA(dense.a().withLeadingDimension(16)), false);
    check(dense.withBatches(3), false);
    check(dense.withBatches(3).withB(dense.b().withBatchStride(0)), false);
    check(dense, true);
  }

  @Test
  void roundsToBfloat16() {
    MatmulShape shape = MatmulShape.dense(new Size(1, 1, 3), ElementType.F32, ElementType.BF16);
    try (Bench bench = new Bench();
        Matmul plan = bench.device.planMatmul(shape)) {
      DeviceBuffer c = bench.empty(2);
      plan.run(bench.stream, c, bench.of(1f, 1f, 1f), bench.of(1f, 0x1p-9f, 0x1p-9f));
      short[] out = new short[1];
      bench.stream.copyToHost(java.lang.foreign.MemorySegment.ofArray(out), c);
      assertEquals(1f, value(out[0]));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    MatmulShape shape = MatmulShape.dense(new Size(4, 4, 4), ElementType.BF16, ElementType.F32);
    try (Bench bench = new Bench()) {
      Matmul plan = bench.device.planMatmul(shape);
      DeviceBuffer small = bench.zeros(31);
      DeviceBuffer right = bench.zeros(64);
      assertThrows(
          IllegalArgumentException.class, () -> plan.run(bench.stream, right, small, right));
      assertThrows(
          IllegalArgumentException.class,
          () -> plan.run(bench.stream, right, bench.zeros(64).slice(2, 34), right));
      plan.close();
      plan.close();
      assertThrows(IllegalStateException.class, () -> plan.run(bench.stream, right, right, right));
      assertThrows(
          IllegalArgumentException.class,
          () -> shape.withA(new MatrixLayout(ElementType.BF16, MatrixLayout.Order.NORMAL, 3, 16)));
    }
  }
}
