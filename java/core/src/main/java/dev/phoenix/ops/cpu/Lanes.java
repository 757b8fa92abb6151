package dev.phoenix.ops.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this machine and the elementary functions on it.
 *
 * <p>The functions are written in exact vector operations (fma, add, shift) rather than taken from
 * the JDK's vector math, whose interpreted and compiled results differ in the last bit: a score
 * must not depend on whether a method is compiled yet. C2 does not inline a method with too many
 * nodes and then boxes every vector in it. To save nodes, constants are vectors in static fields
 * and clamping is compare and blend; inline `broadcast`, or `min` and `max` with their rules for
 * NaN and zero, cost ten times as much as the arithmetic.
 */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Lanes of a vector: 16 with AVX-512, 8 with AVX2, 4 with NEON. */
  static final int WIDTH = FLOATS.length();

  /**
   * Rows of tensors are padded with zeros to a multiple of this, so that row loops have no tail.
   */
  static final int ROW_PADDING = 16;

  private static final FloatVector ONE = vector(1);
  private static final FloatVector TWO = vector(2);
  private static final FloatVector LOG2_E = vector(1.4426950408889634);
  private static final FloatVector MINUS_LN2_HIGH = vector(-0x1.62e4p-1);
  private static final FloatVector MINUS_LN2_LOW = vector(-1.428606820309417e-6);

  /** Adding 1.5 * 2^23 leaves the nearest integer in the low mantissa bits. */
  private static final FloatVector ROUND_TO_INTEGER = vector(0x1.8p23);

  private static final IntVector EXPONENT_BIAS =
      IntVector.broadcast(INTS, 127 - Float.floatToRawIntBits(0x1.8p23f));

  /** e^±87 and its reciprocal are both normal. */
  private static final FloatVector EXP_LIMIT = vector(87);

  private static final FloatVector MINUS_EXP_LIMIT = vector(-87);

  /** tanh(x) rounds to 1 from x = 9.1; doubled because {@link #tanhOfHalf} takes 2x. */
  private static final FloatVector TANH_LIMIT = vector(2 * 9.1);

  private static final FloatVector MINUS_TANH_LIMIT = vector(-2 * 9.1);

  // The Taylor coefficients of e^x - 1.
  private static final FloatVector C7 = vector(1.0 / 5040);
  private static final FloatVector C6 = vector(1.0 / 720);
  private static final FloatVector C5 = vector(1.0 / 120);
  private static final FloatVector C4 = vector(1.0 / 24);
  private static final FloatVector C3 = vector(1.0 / 6);
  private static final FloatVector C2 = vector(1.0 / 2);

  private static final FloatVector GELU_LINEAR = vector(-2 * Math.sqrt(2 / Math.PI));
  private static final FloatVector GELU_CUBIC = vector(-2 * Math.sqrt(2 / Math.PI) * 0.044715);

  private static final FloatVector GELU_SLOPE_LINEAR = vector(2 * Math.sqrt(2 / Math.PI));
  private static final FloatVector GELU_SLOPE_CUBIC = vector(6 * Math.sqrt(2 / Math.PI) * 0.044715);

  private static final IntVector BFLOAT16_MASK = IntVector.broadcast(INTS, 0xFFFF0000);
  private static final IntVector BFLOAT16_HALF = IntVector.broadcast(INTS, 0x7FFF);
  private static final IntVector LOWEST_BIT = IntVector.broadcast(INTS, 1);

  private Lanes() {}

  /** {@code columns} rounded up to the padding of rows. */
  static int padded(int columns) {
    return (columns + ROW_PADDING - 1) / ROW_PADDING * ROW_PADDING;
  }

  /** {@code value} in every lane. */
  static FloatVector vector(double value) {
    return FloatVector.broadcast(FLOATS, (float) value);
  }

  /** e^x to about 1 ulp for |x| up to 87; beyond, the value at the bound. NaN stays NaN. */
  static FloatVector exp(FloatVector x) {
    return boundedExp(clamp(x, MINUS_EXP_LIMIT, EXP_LIMIT));
  }

  /** e^x for |x| <= 87. */
  static FloatVector boundedExp(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, ROUND_TO_INTEGER);
    return powerOfTwo(shifted).mul(expMinusOne(fraction(x, shifted)).add(ONE));
  }

  /** tanh(x / 2) to about 2 ulp, small arguments included. */
  static FloatVector tanhOfHalf(FloatVector x) {
    FloatVector clamped = clamp(x, MINUS_TANH_LIMIT, TANH_LIMIT);
    FloatVector shifted = clamped.fma(LOG2_E, ROUND_TO_INTEGER);
    FloatVector power = powerOfTwo(shifted);
    // e^x - 1 without cancellation: near zero the power is 1, so only the polynomial remains.
    FloatVector all = power.fma(expMinusOne(fraction(clamped, shifted)), power.sub(ONE));
    return all.div(all.add(TWO));
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(ONE));
  }

  /** x * sigmoid(x). */
  static FloatVector silu(FloatVector x) {
    return x.div(exp(x.neg()).add(ONE));
  }

  /** The tanh form of GELU, as x * sigmoid(2u): the same function with one division. */
  static FloatVector gelu(FloatVector x) {
    FloatVector inner = x.mul(x).fma(GELU_CUBIC, GELU_LINEAR).mul(x);
    return x.div(exp(inner).add(ONE));
  }

  /** The factor s of {@code gelu(x) = x s}, which is sigmoid(2u). */
  static FloatVector geluShare(FloatVector x) {
    FloatVector inner = x.mul(x).fma(GELU_CUBIC, GELU_LINEAR).mul(x);
    return ONE.div(exp(inner).add(ONE));
  }

  /** The derivative of {@link #gelu}, given its factor s: s + x s (1 - s) (2u)'. */
  static FloatVector geluSlope(FloatVector x, FloatVector share) {
    FloatVector inner = x.mul(x).fma(GELU_SLOPE_CUBIC, GELU_SLOPE_LINEAR).mul(x);
    return ONE.sub(share).mul(inner).add(ONE).mul(share);
  }

  /** The derivative of {@link #silu}, given s = sigmoid(x): s (1 + x (1 - s)). */
  static FloatVector siluSlope(FloatVector x, FloatVector share) {
    return ONE.sub(share).mul(x).add(ONE).mul(share);
  }

  /** Rounds to the nearest bfloat16, ties to even; NaN stays NaN. */
  static FloatVector toBfloat16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector odd = bits.lanewise(LSHR, 16).and(LOWEST_BIT);
    IntVector rounded = bits.add(odd).add(BFLOAT16_HALF).and(BFLOAT16_MASK);
    return rounded.reinterpretAsFloats().blend(x, x.compare(NE, x));
  }

  private static FloatVector clamp(FloatVector x, FloatVector low, FloatVector high) {
    return x.blend(high, x.compare(GT, high)).blend(low, x.compare(LT, low));
  }

  /** x minus the multiple of ln 2 encoded in {@code shifted}; at most ln(2)/2 in magnitude. */
  private static FloatVector fraction(FloatVector x, FloatVector shifted) {
    FloatVector count = shifted.sub(ROUND_TO_INTEGER);
    return count.fma(MINUS_LN2_LOW, count.fma(MINUS_LN2_HIGH, x));
  }

  private static FloatVector powerOfTwo(FloatVector shifted) {
    return shifted.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  /** e^x - 1 for |x| <= ln(2)/2: the Taylor series to x^7, whose remainder is below 2e-8 of x. */
  private static FloatVector expMinusOne(FloatVector x) {
    FloatVector sum = C7.fma(x, C6);
    sum = sum.fma(x, C5);
    sum = sum.fma(x, C4);
    sum = sum.fma(x, C3);
    sum = sum.fma(x, C2);
    return x.mul(x).fma(sum, x);
  }
}
