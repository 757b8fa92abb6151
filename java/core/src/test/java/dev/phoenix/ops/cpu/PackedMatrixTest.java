package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.ops.Precision;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedMatrixTest {
  /** Element [row][column] is 100 * row + column + 1, so that none is zero. */
  private static float[] numbered(int rows, int columns, float sign) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = sign * (100 * (i / columns) + i % columns + 1);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 15, 16, 17, 31, 32, 33, 65})
  void everyColumnLiesInItsPanelAndTheRestIsZero(int columns) {
    try (Scope scope = Scope.create("test")) {
      float[] dense = numbered(3, columns, 1);
      PackedMatrix packed =
          PackedMatrix.create(scope, new Shape(3, columns), dense, Precision.FLOAT32);
      assertEquals(MatmulTile.panels(columns), packed.panels());
      for (int column = 0; column < packed.panels() * MatmulTile.PANEL; column++) {
        for (int row = 0; row < 3; row++) {
          int at =
              packed.panelAt(column / MatmulTile.PANEL)
                  + row * MatmulTile.PANEL
                  + column % MatmulTile.PANEL;
          float expected = column < columns ? dense[row * columns + column] : 0f;
          assertEquals(expected, packed.values()[at]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 15, 16, 17, 33})
  void gatedPairsStandSideBySide(int columns) {
    try (Scope scope = Scope.create("test")) {
      float[] gate = numbered(2, columns, 1);
      float[] up = numbered(2, columns, -1);
      PackedMatrix packed =
          PackedMatrix.createGated(scope, new Shape(2, columns), gate, up, Precision.FLOAT32);
      assertEquals((columns + Lanes.WIDTH - 1) / Lanes.WIDTH, packed.panels());
      for (int column = 0; column < packed.panels() * Lanes.WIDTH; column++) {
        for (int row = 0; row < 2; row++) {
          int at =
              packed.panelAt(column / Lanes.WIDTH) + row * MatmulTile.PANEL + column % Lanes.WIDTH;
          boolean inside = column < columns;
          assertEquals(inside ? gate[row * columns + column] : 0f, packed.values()[at]);
          float expected = inside ? up[row * columns + column] : 0f;
          assertEquals(expected, packed.values()[at + Lanes.WIDTH]);
        }
      }
    }
  }

  @Test
  void bfloat16ValuesAreRoundedOnce() {
    try (Scope scope = Scope.create("test")) {
      float[] dense = {0x1.01p0f, 0x1.03p0f};
      PackedMatrix packed = PackedMatrix.create(scope, new Shape(1, 2), dense, Precision.BFLOAT16);
      assertEquals(1f, packed.values()[0]);
      assertEquals(0x1.04p0f, packed.values()[1]);
      assertEquals(0x1.01p0f, dense[0], "the values given stay as they are");
    }
  }

  @Test
  void wrongSizesAndForeignWeightsAreRefused() {
    try (Scope scope = Scope.create("test")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> PackedMatrix.create(scope, new Shape(2, 2), new float[3], Precision.FLOAT32));
      assertThrows(
          IllegalArgumentException.class,
          () -> PackedMatrix.of(ScaleVector.create(scope, new float[2])));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              ScaleVector.of(
                  PackedMatrix.create(scope, new Shape(1, 1), new float[1], Precision.FLOAT32)));
      assertEquals(0, new Shape(0, 5).elements());
    }
  }
}
