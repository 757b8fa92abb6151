package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Products that differ only in M use one algorithm. */
class AlgorithmChoicesTest {
  private static final int WIDTH = 24;
  private static final int DEPTH = 72;

  private static MatmulShape dense(int rows) {
    return MatmulShape.dense(new Size(rows, WIDTH, DEPTH), ElementType.BF16, ElementType.F32);
  }

  @Test
  void oneProductStandsForAllRows() {
    MatmulShape one = AlgorithmChoices.representative(dense(1));
    assertEquals(one, AlgorithmChoices.representative(dense(1 << 20)));
    assertEquals(AlgorithmChoices.ROWS, one.size().m());
    MatmulShape wider =
        MatmulShape.dense(new Size(1, WIDTH + 8, DEPTH), ElementType.BF16, ElementType.F32);
    assertNotEquals(one, AlgorithmChoices.representative(wider));
    MatmulShape gaps = dense(1).withA(dense(1).a().withLeadingDimension(DEPTH + 8));
    assertNotEquals(one, AlgorithmChoices.representative(gaps));
  }

  @Test
  void whatFollowsFromTheRowsIsNoMoreAlignedThanItWas() {
    for (int rows : new int[] {3, 8, 20, 1001, 5000}) {
      MatmulShape shape =
          dense(rows)
              .withA(MatrixLayout.denseTransposed(ElementType.BF16, rows, DEPTH))
              .withBatches(3);
      MatmulShape typical = AlgorithmChoices.representative(shape);
      ColumnMajorProduct before = ColumnMajorProduct.of(shape);
      ColumnMajorProduct after = ColumnMajorProduct.of(typical);
      assertEquals(before.right().alignment(3), after.right().alignment(3), "stride of A");
      assertEquals(before.out().alignment(3), after.out().alignment(3), "stride of C");
      assertEquals(
          Long.lowestOneBit(rows | 8),
          Long.lowestOneBit(typical.a().leadingDimension() | 8),
          "leading dimension of A");
      assertEquals(typical, AlgorithmChoices.representative(typical));
    }
    MatmulShape shared = dense(7).withA(dense(7).a().withBatchStride(0)).withBatches(2);
    assertEquals(0, AlgorithmChoices.representative(shared).a().batchStride());
  }

  /** The algorithms of the fake library round differently; those of a GPU may. */
  @Test
  void aRowHasTheSameBitsInEveryBatch() {
    FakeDriver.loadCublas();
    try (CudaBench bench = CudaBench.open()) {
      int most = 1500;
      float[] a = values(most * DEPTH);
      float[] b = values(DEPTH * WIDTH);
      float[] expected = multiply(bench, most, a, b);
      for (int rows : new int[] {1, 7, 16, 64, 200, 511, 512, 1024}) {
        float[] found = multiply(bench, rows, Arrays.copyOf(a, rows * DEPTH), b);
        assertArrayEquals(Arrays.copyOf(expected, rows * WIDTH), found, 0f, rows + " rows");
      }
    }
  }

  private static float[] values(int count) {
    Random random = new Random(5);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          Float.intBitsToFloat(Float.floatToRawIntBits((float) random.nextGaussian()) & 0xffff0000);
    }
    return values;
  }

  private static float[] multiply(CudaBench bench, int rows, float[] a, float[] b) {
    float[] c = new float[rows * WIDTH];
    MatmulShape shape = dense(rows);
    try (DeviceBuffer onA = put(bench, a);
        DeviceBuffer onB = put(bench, b);
        DeviceBuffer onC = bench.device().allocate(shape.byteSizeOfC());
        Matmul matmul = bench.device().planMatmul(shape)) {
      matmul.run(bench.stream(), onC, onA, onB);
      bench.stream().copyToHost(MemorySegment.ofArray(c), onC);
      bench.stream().synchronize();
    }
    return c;
  }

  private static DeviceBuffer put(CudaBench bench, float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    DeviceBuffer buffer = bench.device().allocate((long) bits.length * Short.BYTES);
    bench.stream().copyToDevice(buffer, MemorySegment.ofArray(bits));
    return buffer;
  }

  @Test
  void refusesRowsThatItsAlgorithmCannotCompute() {
    FakeDriver.loadFake();
    FakeDriver.loadCublas();
    try (CudaBench bench = CudaBench.open()) {
      var refused =
          assertThrows(
              DeviceException.class, () -> bench.device().planMatmul(dense((1 << 20) + 1)));
      assertEquals("ALGORITHM_DOES_NOT_FIT", refused.error());
      assertTrue(refused.hint().contains("SPLITS 1"), refused.hint());
    }
  }
}
