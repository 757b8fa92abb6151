package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.L2NormalizeReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.kernels.reference.TopKReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
  @ParameterizedTest
  @CsvSource({"0, 1, 2, 1", "1, 0, 2, 1", "3, 2, 2, 1", "1, 1, 3, 1", "1, 1, 0, 1", "1, 1, 2, NaN"})
  void headsThatCannotAttendAreRefused(int heads, int keyHeads, int size, float multiplier) {
    assertThrows(
        IllegalArgumentException.class, () -> new HeadShape(heads, keyHeads, size, multiplier));
  }

  @ParameterizedTest
  @CsvSource({"8, 1, 3", "8, 0, 2", "8, 3, 4", "8, 2147483647, 2"})
  void rotationsOfOtherColumnsThanARowHasAreRefused(int columns, int heads, int size) {
    assertThrows(IllegalArgumentException.class, () -> new RopeShape(columns, heads, size));
  }

  @Test
  void fusedRowsHoldQueriesKeysAndValues() {
    HeadShape shape = new HeadShape(4, 2, 6, 0.5f);
    assertEquals(24, shape.queryColumns());
    assertEquals(12, shape.keyColumns());
    assertEquals(new RopeShape(48, 6, 6), shape.rope());
    assertEquals(new RopeShape(24, 2, 6), shape.keyRope());
  }

  @Test
  void frequenciesAreThoseOfTheDefinitionToTheBit() {
    for (int size = 2; size <= 256; size += 2) {
      RopeShape shape = new RopeShape(size, 1, size);
      for (int i = 0; i < size / 2; i++) {
        assertEquals(RopeReference.frequency(i, size), shape.frequency(i));
      }
    }
  }

  @Test
  void constantsAreThoseOfTheDefinitions() {
    assertEquals(AttentionShape.LOGIT_CAP, HeadShape.LOGIT_CAP);
    assertEquals(RmsNormReference.EPSILON, Ops.RMS_EPSILON);
    assertEquals(L2NormalizeReference.EPSILON, Ops.L2_EPSILON);
    assertEquals(TopKReference.MASKED_SCORE, TopKQuery.MASKED_SCORE);
  }
}
