package dev.phoenix.device.junit;

/**
 * Assertions on floating-point arrays with a tolerance in units in the last place (ULP): the number
 * of representable values between the expected and the actual one.
 *
 * <p>Zeros of both signs are equal, NaN equals NaN only, and the neighbour of the largest finite
 * value is infinity.
 */
public final class UlpAssertions {
  /** How many differing elements a message lists. */
  private static final int MAX_LISTED = 5;

  private UlpAssertions() {}

  /**
   * Compares floats.
   *
   * @param maxUlp how far apart two elements may be
   * @throws AssertionError naming the first differing elements and the largest difference
   */
  public static void assertWithinUlp(long maxUlp, float[] expected, float[] actual) {
    Difference difference = new Difference(maxUlp, expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      long distance =
          distance(
              ordered(Float.floatToRawIntBits(expected[i]), 31),
              ordered(Float.floatToRawIntBits(actual[i]), 31),
              Float.isNaN(expected[i]),
              Float.isNaN(actual[i]));
      difference.add(i, distance, expected[i], actual[i]);
    }
    difference.check();
  }

  /** As {@link #assertWithinUlp(long, float[], float[])}, for doubles. */
  public static void assertWithinUlp(long maxUlp, double[] expected, double[] actual) {
    Difference difference = new Difference(maxUlp, expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      long distance =
          distance(
              ordered(Double.doubleToRawLongBits(expected[i]), 63),
              ordered(Double.doubleToRawLongBits(actual[i]), 63),
              Double.isNaN(expected[i]),
              Double.isNaN(actual[i]));
      difference.add(i, distance, expected[i], actual[i]);
    }
    difference.check();
  }

  /** As {@link #assertWithinUlp(long, float[], float[])}, for the bits of bfloat16. */
  public static void assertBfloat16WithinUlp(long maxUlp, short[] expected, short[] actual) {
    Difference difference = new Difference(maxUlp, expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      float wanted = Float.intBitsToFloat(expected[i] << 16);
      float found = Float.intBitsToFloat(actual[i] << 16);
      halves(difference, i, expected[i], actual[i], wanted, found);
    }
    difference.check();
  }

  /** As {@link #assertWithinUlp(long, float[], float[])}, for the bits of IEEE half precision. */
  public static void assertFloat16WithinUlp(long maxUlp, short[] expected, short[] actual) {
    Difference difference = new Difference(maxUlp, expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      float wanted = Float.float16ToFloat(expected[i]);
      float found = Float.float16ToFloat(actual[i]);
      halves(difference, i, expected[i], actual[i], wanted, found);
    }
    difference.check();
  }

  private static void halves(
      Difference difference, int i, short expected, short actual, float wanted, float found) {
    long distance =
        distance(
            ordered(expected & 0xffff, 15),
            ordered(actual & 0xffff, 15),
            Float.isNaN(wanted),
            Float.isNaN(found));
    difference.add(i, distance, wanted, found);
  }

  /** Maps sign and magnitude to an integer, so that adjacent values differ by one. */
  private static long ordered(long bits, int signBit) {
    long magnitude = bits & ((1L << signBit) - 1);
    return (bits >>> signBit & 1) != 0 ? -magnitude : magnitude;
  }

  private static long distance(long expected, long actual, boolean wantsNan, boolean isNan) {
    if (wantsNan || isNan) {
      return wantsNan && isNan ? 0 : Long.MAX_VALUE;
    }
    long difference = expected - actual;
    // Doubles of opposite signs may be more than 2^63 apart.
    boolean overflow = ((expected ^ actual) & (expected ^ difference)) < 0;
    return overflow ? Long.MAX_VALUE : Math.abs(difference);
  }

  /** The elements that differ too much. */
  private static final class Difference {
    private final long maxUlp;
    private final int length;
    private final StringBuilder listed = new StringBuilder();
    private int count;
    private int farthest;
    private long most;

    Difference(long maxUlp, int expectedLength, int actualLength) {
      if (maxUlp < 0) {
        throw new IllegalArgumentException("a tolerance of at least 0 ULP, not " + maxUlp);
      }
      if (expectedLength != actualLength) {
        throw new AssertionError("expected " + expectedLength + " elements, found " + actualLength);
      }
      this.maxUlp = maxUlp;
      this.length = expectedLength;
    }

    void add(int index, long distance, Number expected, Number actual) {
      if (distance <= maxUlp) {
        return;
      }
      if (count++ < MAX_LISTED) {
        listed.append("\n  element ").append(index).append(": expected ").append(expected);
        listed.append(", found ").append(actual);
        if (distance != Long.MAX_VALUE) {
          listed.append(", ").append(distance).append(" ULP apart");
        }
      }
      if (distance > most) {
        most = distance;
        farthest = index;
      }
    }

    void check() {
      if (count > 0) {
        throw new AssertionError(
            count
                + " of "
                + length
                + " elements are more than "
                + maxUlp
                + " ULP apart, element "
                + farthest
                + " the farthest:"
                + listed);
      }
    }
  }
}
