package dev.phoenix.ops.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this machine and the elementary functions on it.
 *
 * <p>The functions are written in exact vector operations (fma, add, shift) rather than taken from
 * the JDK's vector math, whose interpreted and compiled forms differ in the last bit: a score may
 * not depend on whether the method was compiled yet.
 */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Lanes of a vector: 16 with AVX-512, 8 with AVX2, 4 with NEON. */
  static final int WIDTH = FLOATS.length();

  /** Rows of tensors are padded with zeros to this many columns, so that row loops have no tail. */
  static final int ROW_PADDING = 16;

  private static final float LOG2_E = (float) 1.4426950408889634;
  private static final float LN2_HIGH = 0x1.62e4p-1f;
  private static final float LN2_LOW = (float) 1.428606820309417e-6;

  /** Adding 1.5 * 2^23 leaves the nearest integer in the low mantissa bits. */
  private static final float ROUND_TO_INTEGER = 12582912f;

  private static final int ROUND_TO_INTEGER_BITS = 0x4B400000;
  private static final float EXP_LIMIT = 87f;
  private static final float TANH_LIMIT = 9.1f;
  private static final float SQRT_2_OVER_PI = (float) 0.7978845608028654;
  private static final float GELU_CUBIC = 0.044715f;

  private Lanes() {}

  /** {@code columns} rounded up to the padding of rows. */
  static int padded(int columns) {
    return (columns + ROW_PADDING - 1) / ROW_PADDING * ROW_PADDING;
  }

  /** e^x to about 1 ulp for |x| up to 87; beyond, the value at the bound. NaN stays NaN. */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = clamp(x, EXP_LIMIT);
    FloatVector shifted = clamped.fma(broadcast(LOG2_E), broadcast(ROUND_TO_INTEGER));
    FloatVector fraction = reduce(clamped, shifted.sub(ROUND_TO_INTEGER));
    return powerOfTwo(shifted).mul(expMinusOne(fraction).add(1f));
  }

  /** tanh x to about 2 ulp, small arguments included. */
  static FloatVector tanh(FloatVector x) {
    FloatVector twice = clamp(x, TANH_LIMIT).mul(2f);
    FloatVector shifted = twice.fma(broadcast(LOG2_E), broadcast(ROUND_TO_INTEGER));
    FloatVector fraction = reduce(twice, shifted.sub(ROUND_TO_INTEGER));
    FloatVector power = powerOfTwo(shifted);
    // e^2x - 1 without cancellation: near zero the power is 1 and only the polynomial is left.
    FloatVector expMinusOne = power.fma(expMinusOne(fraction), power.sub(1f));
    return expMinusOne.div(expMinusOne.add(2f));
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    return broadcast(1f).div(exp(x.neg()).add(1f));
  }

  /** x * sigmoid(x). */
  static FloatVector silu(FloatVector x) {
    return x.div(exp(x.neg()).add(1f));
  }

  /** The tanh form of GELU, as x * sigmoid(2u): the same function with one division. */
  static FloatVector gelu(FloatVector x) {
    FloatVector cubic = x.mul(x).fma(broadcast(GELU_CUBIC), broadcast(1f));
    return x.div(exp(x.mul(cubic).mul(-2 * SQRT_2_OVER_PI)).add(1f));
  }

  /** Rounds to the nearest bfloat16, ties to even; NaN stays NaN. */
  static FloatVector toBfloat16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector odd = bits.lanewise(LSHR, 16).and(1);
    FloatVector rounded = bits.add(odd).add(0x7FFF).and(0xFFFF0000).reinterpretAsFloats();
    return rounded.blend(x, x.test(jdk.incubator.vector.VectorOperators.IS_NAN));
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  private static FloatVector clamp(FloatVector x, float limit) {
    return x.min(limit).max(-limit);
  }

  private static FloatVector reduce(FloatVector x, FloatVector count) {
    return count.fma(broadcast(-LN2_LOW), count.fma(broadcast(-LN2_HIGH), x));
  }

  private static FloatVector powerOfTwo(FloatVector shifted) {
    IntVector count = shifted.reinterpretAsInts().sub(ROUND_TO_INTEGER_BITS);
    return count.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  /** e^x - 1 for |x| <= ln(2)/2: the Taylor series to x^8, whose remainder is below 1e-9 of x. */
  private static FloatVector expMinusOne(FloatVector x) {
    FloatVector sum = broadcast(1f / 40320f);
    sum = sum.fma(x, broadcast(1f / 5040f));
    sum = sum.fma(x, broadcast(1f / 720f));
    sum = sum.fma(x, broadcast(1f / 120f));
    sum = sum.fma(x, broadcast(1f / 24f));
    sum = sum.fma(x, broadcast(1f / 6f));
    sum = sum.fma(x, broadcast(0.5f));
    return x.mul(x).fma(sum, x);
  }
}
