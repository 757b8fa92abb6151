package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatmulTileTest {
  /** Every element equals exactly one chain of fused multiply-adds in ascending depth. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 17, 64, 500})
  void everyElementIsAChainOfFusedMultiplyAdds(int depth) {
    Random random = Seeds.random("tile");
    int stride = depth + 3;
    float[] a = new float[MatmulTile.MAX_ROWS * stride + 2];
    float[] b = new float[depth * MatmulTile.PANEL + 5];
    fill(random, a);
    fill(random, b);
    int outStride = MatmulTile.PANEL + 16;
    float[] c = new float[MatmulTile.MAX_ROWS * outStride + 1];
    Arrays.fill(c, Float.NaN);
    MatmulTile.multiply(
        new View().of(c, 1, outStride),
        new View().of(a, 2, stride),
        new View().of(b, 5, MatmulTile.PANEL),
        depth);
    for (int i = 1; i < c.length; i++) {
      int row = (i - 1) / outStride;
      int column = (i - 1) % outStride;
      float expected = Float.NaN;
      if (row < MatmulTile.ROWS && column < MatmulTile.PANEL) {
        expected = 0;
        for (int k = 0; k < depth; k++) {
          expected =
              Math.fma(a[2 + row * stride + k], b[5 + k * MatmulTile.PANEL + column], expected);
        }
      }
      assertEquals(
          expected, c[i], () -> "row %d, column %d; %s".formatted(row, column, Seeds.replay()));
    }
  }

  private static void fill(Random random, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
  }
}
