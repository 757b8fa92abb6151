package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.ScalarType;

/**
 * Maps lanes and registers to elements of a 16 x 8 x K matrix multiplication (section Matrix
 * Fragments for mma). With g = lane / 4 and t = lane % 4:
 *
 * <pre>
 * A, 16 bit: register r, half h: row g + 8 (r % 2), column 2t + h + 8 (r / 2)
 * B, 16 bit: register r, half h: row 2t + h + 8r, column g
 * A, tf32:   register r: row g + 8 (r % 2), column t + 4 (r / 2)
 * B, tf32:   register r: row t + 4r, column g
 * C, f32:    register r: row g + 8 (r / 2), column 2t + r % 2
 * C, f16:    register r, half h: row g + 8r, column 2t + h
 * </pre>
 */
final class Fragments {
  static final int M = 16;
  static final int N = 8;

  private final int k;
  private final ScalarType input;
  private final ScalarType result;

  Fragments(int k, ScalarType input, ScalarType result) {
    this.k = k;
    this.input = input;
    this.result = result;
  }

  int k() {
    return k;
  }

  private boolean single() {
    return input == ScalarType.TF32;
  }

  int leftRegisters() {
    return M * k / Warp.LANES / (single() ? 1 : 2);
  }

  int rightRegisters() {
    return N * k / Warp.LANES / (single() ? 1 : 2);
  }

  int resultRegisters() {
    return result == ScalarType.F32 ? 4 : 2;
  }

  /** A row-major, 16 x K. */
  void left(int[] words, int[] places, double[] a) {
    for (int r = 0; r < places.length; r++) {
      int row = 8 * (r % 2);
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int word = words[places[r] + lane];
        int start = (row + lane / 4) * k;
        if (single()) {
          a[start + lane % 4 + 4 * (r / 2)] = tensorFloat(word);
        } else {
          int column = start + 2 * (lane % 4) + 8 * (r / 2);
          a[column] = half(HalfArithmetic.low(word));
          a[column + 1] = half(HalfArithmetic.high(word));
        }
      }
    }
  }

  /** B row-major, K x 8. */
  void right(int[] words, int[] places, double[] b) {
    for (int r = 0; r < places.length; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int word = words[places[r] + lane];
        int column = lane / 4;
        if (single()) {
          b[(lane % 4 + 4 * r) * N + column] = tensorFloat(word);
        } else {
          int row = 2 * (lane % 4) + 8 * r;
          b[row * N + column] = half(HalfArithmetic.low(word));
          b[(row + 1) * N + column] = half(HalfArithmetic.high(word));
        }
      }
    }
  }

  /** C row-major, 16 x 8. */
  void accumulator(int[] words, int[] places, double[] c) {
    for (int r = 0; r < places.length; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int word = words[places[r] + lane];
        int column = 2 * (lane % 4);
        if (result == ScalarType.F32) {
          c[(lane / 4 + 8 * (r / 2)) * N + column + r % 2] = Float.intBitsToFloat(word);
        } else {
          int start = (lane / 4 + 8 * r) * N + column;
          c[start] = HalfArithmetic.f16(HalfArithmetic.low(word));
          c[start + 1] = HalfArithmetic.f16(HalfArithmetic.high(word));
        }
      }
    }
  }

  /** Rounds the result and writes it to the registers. */
  void store(double[] c, int[] words, int[] places) {
    for (int r = 0; r < places.length; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int column = 2 * (lane % 4);
        if (result == ScalarType.F32) {
          double value = c[(lane / 4 + 8 * (r / 2)) * N + column + r % 2];
          words[places[r] + lane] = FloatArithmetic.bits((float) value);
        } else {
          int start = (lane / 4 + 8 * r) * N + column;
          words[places[r] + lane] =
              HalfArithmetic.pack(roundHalf(c[start]), roundHalf(c[start + 1]));
        }
      }
    }
  }

  private static char roundHalf(double value) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(value, FloatFormat.Mode.RN));
  }

  private double half(char bits) {
    return input == ScalarType.BF16 ? HalfArithmetic.bf16(bits) : HalfArithmetic.f16(bits);
  }

  /** Decodes TF32: hardware ignores the lowest 13 bits. */
  private static double tensorFloat(int word) {
    return Float.intBitsToFloat(word & ~0x1fff);
  }
}
