package dev.phoenix.ptx.emulator;

/**
 * The approximate instructions. Each is computed in double precision and rounded once to float, so
 * hardware may differ by the documented error.
 *
 * <table>
 * <caption>Documented maximum errors (PTX ISA 9.0)</caption>
 * <tr><td>rcp.approx, sqrt.approx</td><td>1 ulp</td></tr>
 * <tr><td>div.approx, div.full, rsqrt.approx</td><td>2 ulp; relative 2^-22.9</td></tr>
 * <tr><td>ex2.approx</td><td>2 ulp</td></tr>
 * <tr><td>lg2.approx</td><td>absolute 2^-22 between 0.5 and 2, else relative 2^-22</td></tr>
 * <tr><td>sin.approx, cos.approx</td><td>absolute 2^-20.5 in [-pi, pi]</td></tr>
 * <tr><td>tanh.approx.f32</td><td>relative 2^-11</td></tr>
 * <tr><td>tanh.approx.f16, .bf16</td><td>absolute 2^-10.987, 2^-8</td></tr>
 * </table>
 */
final class Approximations {
  private static final double LN_2 = Math.log(2);
  private static final float LARGE_DIVISOR = 0x1p126f;

  private Approximations() {}

  private static float flush(float a) {
    return FloatArithmetic.flush(a);
  }

  @Ptx(value = "rcp.approx.f32", cost = InstructionClass.SPECIAL)
  static float reciprocal(float a) {
    return 1f / a;
  }

  @Ptx(value = "rcp.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float reciprocalFlushed(float a) {
    return flush(1f / flush(a));
  }

  @Ptx(value = "sqrt.approx.f32", cost = InstructionClass.SPECIAL)
  static float root(float a) {
    return (float) Math.sqrt(a);
  }

  @Ptx(value = "sqrt.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float rootFlushed(float a) {
    return (float) Math.sqrt(flush(a));
  }

  @Ptx(value = "rsqrt.approx.f32", cost = InstructionClass.SPECIAL)
  static float reciprocalRoot(float a) {
    return (float) (1 / Math.sqrt(a));
  }

  @Ptx(value = "rsqrt.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float reciprocalRootFlushed(float a) {
    return (float) (1 / Math.sqrt(flush(a)));
  }

  @Ptx(value = "div.full.f32", cost = InstructionClass.SPECIAL)
  static float divideFull(float a, float b) {
    return a / b;
  }

  @Ptx(value = "div.full.ftz.f32", cost = InstructionClass.SPECIAL)
  static float divideFullFlushed(float a, float b) {
    return flush(flush(a) / flush(b));
  }

  /** Beyond 2^126 the documented result is 0, or NaN for an infinite dividend. */
  @Ptx(value = "div.approx.f32", cost = InstructionClass.SPECIAL)
  static float divide(float a, float b) {
    if (Math.abs(b) > LARGE_DIVISOR && !Float.isInfinite(b)) {
      return a * (1 / (Math.signum(b) * Float.POSITIVE_INFINITY));
    }
    return a / b;
  }

  @Ptx(value = "div.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float divideFlushed(float a, float b) {
    return flush(divide(flush(a), flush(b)));
  }

  @Ptx(value = "ex2.approx.f32", cost = InstructionClass.SPECIAL)
  static float power2(float a) {
    return (float) Math.exp(a * LN_2);
  }

  @Ptx(value = "ex2.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float power2Flushed(float a) {
    return flush((float) Math.exp(flush(a) * LN_2));
  }

  @Ptx(value = "lg2.approx.f32", cost = InstructionClass.SPECIAL)
  static float log2(float a) {
    return (float) (Math.log(a) / LN_2);
  }

  @Ptx(value = "lg2.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float log2Flushed(float a) {
    return flush((float) (Math.log(flush(a)) / LN_2));
  }

  @Ptx(value = "sin.approx.f32", cost = InstructionClass.SPECIAL)
  static float sin(float a) {
    return (float) Math.sin(a);
  }

  @Ptx(value = "sin.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float sinFlushed(float a) {
    return flush((float) Math.sin(flush(a)));
  }

  @Ptx(value = "cos.approx.f32", cost = InstructionClass.SPECIAL)
  static float cos(float a) {
    return (float) Math.cos(a);
  }

  @Ptx(value = "cos.approx.ftz.f32", cost = InstructionClass.SPECIAL)
  static float cosFlushed(float a) {
    return (float) Math.cos(flush(a));
  }

  @Ptx(value = "tanh.approx.f32", cost = InstructionClass.SPECIAL)
  static float tanh(float a) {
    return (float) Math.tanh(a);
  }

  @Ptx(value = "tanh.approx.f16", cost = InstructionClass.SPECIAL)
  static char tanhHalf(char a) {
    return HalfArithmetic.f16((float) Math.tanh(HalfArithmetic.f16(a)));
  }

  @Ptx(value = "tanh.approx.f16x2", cost = InstructionClass.SPECIAL)
  static int tanhHalf2(int a) {
    return HalfArithmetic.pack(tanhHalf(HalfArithmetic.low(a)), tanhHalf(HalfArithmetic.high(a)));
  }

  @Ptx(value = "tanh.approx.bf16", cost = InstructionClass.SPECIAL)
  static char tanhBrain(char a) {
    return HalfArithmetic.bf16((float) Math.tanh(HalfArithmetic.bf16(a)));
  }

  @Ptx(value = "tanh.approx.bf16x2", cost = InstructionClass.SPECIAL)
  static int tanhBrain2(int a) {
    return HalfArithmetic.pack(tanhBrain(HalfArithmetic.low(a)), tanhBrain(HalfArithmetic.high(a)));
  }

  @Ptx(value = "ex2.approx.f16", cost = InstructionClass.SPECIAL)
  static char power2Half(char a) {
    return HalfArithmetic.f16(power2(HalfArithmetic.f16(a)));
  }

  @Ptx(value = "ex2.approx.f16x2", cost = InstructionClass.SPECIAL)
  static int power2Half2(int a) {
    return HalfArithmetic.pack(
        power2Half(HalfArithmetic.low(a)), power2Half(HalfArithmetic.high(a)));
  }

  @Ptx(value = "ex2.approx.ftz.bf16", cost = InstructionClass.SPECIAL)
  static char power2Brain(char a) {
    return HalfArithmetic.bf16(power2Flushed(HalfArithmetic.bf16(a)));
  }

  @Ptx(value = "ex2.approx.ftz.bf16x2", cost = InstructionClass.SPECIAL)
  static int power2Brain2(int a) {
    return HalfArithmetic.pack(
        power2Brain(HalfArithmetic.low(a)), power2Brain(HalfArithmetic.high(a)));
  }
}
