package dev.phoenix.device.junit;

import static dev.phoenix.device.junit.UlpAssertions.assertBfloat16WithinUlp;
import static dev.phoenix.device.junit.UlpAssertions.assertFloat16WithinUlp;
import static dev.phoenix.device.junit.UlpAssertions.assertWithinUlp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class UlpAssertionsTest {
  private static String message(Executable assertion) {
    return String.valueOf(assertThrows(AssertionError.class, assertion).getMessage());
  }

  @Test
  void neighboursAreOneApart() {
    float[] one = {1f};
    float[] next = {Math.nextUp(Math.nextUp(1f))};
    assertWithinUlp(2, one, next);
    String message = message(() -> assertWithinUlp(1, one, next));
    assertTrue(message.contains("element 0: expected 1.0, found 1.0000002, 2 ULP apart"), message);
  }

  @Test
  void zerosAreEqualAndTheSmallestNumbersOfBothSignsAreTwoApart() {
    assertWithinUlp(0, new float[] {0f}, new float[] {-0f});
    assertWithinUlp(2, new float[] {Float.MIN_VALUE}, new float[] {-Float.MIN_VALUE});
    message(
        () -> assertWithinUlp(1, new float[] {Float.MIN_VALUE}, new float[] {-Float.MIN_VALUE}));
  }

  @Test
  void nanEqualsNanOnly() {
    float[] nan = {Float.NaN};
    assertWithinUlp(0, nan, new float[] {Float.intBitsToFloat(0x7fffffff)});
    message(() -> assertWithinUlp(Long.MAX_VALUE - 1, nan, new float[] {1f}));
    message(() -> assertWithinUlp(Long.MAX_VALUE - 1, new float[] {1f}, nan));
  }

  @Test
  void infinityFollowsTheLargestNumber() {
    assertWithinUlp(1, new float[] {Float.MAX_VALUE}, new float[] {Float.POSITIVE_INFINITY});
    message(
        () ->
            assertWithinUlp(
                1, new float[] {Float.NEGATIVE_INFINITY}, new float[] {Float.POSITIVE_INFINITY}));
  }

  @Test
  void halvesAreComparedInTheirOwnUnits() {
    short[] one = {Float.floatToFloat16(1f)};
    short[] next = {(short) (one[0] + 1)};
    assertFloat16WithinUlp(1, one, next);
    message(() -> assertFloat16WithinUlp(0, one, next));
    short[] brain = {(short) 0x3f80};
    short[] nextBrain = {(short) 0x3f81};
    assertBfloat16WithinUlp(1, brain, nextBrain);
    String message = message(() -> assertBfloat16WithinUlp(0, brain, nextBrain));
    assertTrue(message.contains("expected 1.0, found 1.0078125, 1 ULP apart"), message);
  }

  @Test
  void doublesOfOppositeSignsDoNotOverflow() {
    assertWithinUlp(1, new double[] {1}, new double[] {Math.nextDown(1.0)});
    message(
        () ->
            assertWithinUlp(10, new double[] {Double.MAX_VALUE}, new double[] {-Double.MAX_VALUE}));
  }

  @Test
  void lengthsMustAgreeAndTheMessageCountsAndNamesTheFarthest() {
    assertEquals(
        "expected 2 elements, found 1",
        message(() -> assertWithinUlp(0, new float[2], new float[1])));
    String message =
        message(() -> assertWithinUlp(0, new float[] {1, 1, 1}, new float[] {1, 2, 1.5f}));
    assertTrue(
        message.startsWith("2 of 3 elements are more than 0 ULP apart, element 1 the farthest"),
        message);
  }
}
