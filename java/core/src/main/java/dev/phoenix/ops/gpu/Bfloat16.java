package dev.phoenix.ops.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** bfloat16 on the host: the upper half of a float32, rounded to nearest even. */
final class Bfloat16 {
  private Bfloat16() {}

  /** The bfloat16 bits of {@code value}. */
  static short bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  /** {@code value} rounded to bfloat16. */
  static float round(float value) {
    return Float.intBitsToFloat(bits(value) << 16);
  }

  /** Writes {@code count} values of {@code from[at..]} as bfloat16. */
  static void narrow(MemorySegment to, float[] from, int at, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(ValueLayout.JAVA_SHORT, i, bits(from[at + i]));
    }
  }

  /** Reads {@code count} bfloat16 values into {@code to[at..]}. */
  static void widen(float[] to, int at, MemorySegment from, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Float.intBitsToFloat(from.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
    }
  }
}
