package dev.phoenix.kernels.check;

/** bfloat16 on the host: the upper half of a float, rounded to nearest even. */
final class Bfloat16 {
  /** The maximum relative error of a rounding: half a unit in the last of 8 bits. */
  public static final double EPSILON = 0x1p-8;

  private Bfloat16() {}

  private static short narrow(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return 0x7fff;
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private static float widen(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The bits of the nearest bfloat16 of every value. */
  public static short[] narrow(float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = narrow(values[i]);
    }
    return bits;
  }

  /** The values of these bits. */
  public static float[] widen(short[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = widen(bits[i]);
    }
    return values;
  }

  /** The nearest bfloat16 of every value. */
  public static float[] round(float[] values) {
    return widen(narrow(values));
  }
}
