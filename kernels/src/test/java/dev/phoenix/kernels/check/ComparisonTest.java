package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
  @ParameterizedTest
  @CsvSource({
    "BFLOAT16, 1, 0x1p-7",
    "BFLOAT16, 1.9, 0x1p-7",
    "BFLOAT16, -2, 0x1p-6",
    "BFLOAT16, 0, 0x1p-133",
    "FLOAT32, 1, 0x1p-23",
    "FLOAT32, 0.75, 0x1p-24",
    "FLOAT32, 0, 0x1p-149",
    "INT32, 5, 1"
  })
  void knowsTheDistanceOfNeighbours(Format format, double value, double ulp) {
    assertEquals(ulp, format.ulp(value));
  }

  @Test
  void floatsHaveTheUlpOfTheirFormat() {
    for (float value : new float[] {1, 1.5f, 3e-40f, 1e30f, -7, Float.MIN_NORMAL}) {
      assertEquals(Math.ulp(value), Format.FLOAT32.ulp(value));
    }
  }

  @Test
  void measuresInUnitsAndInPartsOfTheBound() {
    double[] expected = {1, -2, 4};
    double[] actual = {1 + 0x1p-8, -2 + 0x1p-5, 4};
    Comparison found = Comparison.of(Format.BFLOAT16, expected, actual, new Tolerance(0, 0x1p-5));
    assertTrue(found.passed());
    assertEquals(2, found.worstUlps());
    assertEquals(0.5, found.boundUsed());
  }

  @Test
  void namesTheFirstThatDeparts() {
    double[] expected = {1, 1, 1};
    double[] actual = {1, 1.5, 9};
    Comparison found = Comparison.of(Format.FLOAT32, expected, actual, new Tolerance(0.25, 0));
    assertEquals("element 1 of 3: expected 1.0, found 1.5, bound 0.250", found.failure());
    assertEquals(32, found.boundUsed());
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, NaN, true",
    "NaN, 1, false",
    "1, NaN, false",
    "Infinity, Infinity, true",
    "Infinity, -Infinity, false",
    "1, Infinity, false",
    "0, -0.0, true",
    "Infinity, 3e38, false"
  })
  void meetsWhatIsNotFiniteWithTheSameOnly(double expected, double actual, boolean passes) {
    double[] e = {0, expected};
    double[] a = {0, actual};
    assertEquals(passes, Comparison.of(Format.FLOAT32, e, a, Tolerance.EXACT).passed());
    Tolerance wide = new Tolerance(1e-3, 1e-3);
    assertEquals(passes, Comparison.of(Format.FLOAT32, e, a, wide).passed());
  }

  @Test
  void boundsTheWholeDifferenceToo() {
    double[] expected = {3, 4};
    double[] actual = {3.1, 4.1};
    Tolerance elements = new Tolerance(1, 0);
    assertTrue(Comparison.of(Format.FLOAT32, expected, actual, elements).passed());
    Comparison found = Comparison.of(Format.FLOAT32, expected, actual, elements.withLength(0.02));
    assertFalse(found.passed());
    assertTrue(String.valueOf(found.failure()).startsWith("relative L2 error 0.0283"));
  }

  @Test
  void noticesMissingElements() {
    Comparison found = Comparison.of(Format.INT32, new double[2], new double[1], Tolerance.EXACT);
    assertEquals("expected 2 elements, found 1", found.failure());
  }
}
