package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.emulator.FloatFormat.Mode;

/**
 * Single-precision arithmetic (section Floating Point Instructions): every result is the correctly
 * rounded one. {@code .ftz} flushes subnormal operands and results to zero of their sign.
 */
final class FloatArithmetic {
  private static final int CANONICAL_NAN = 0x7fffffff;

  private FloatArithmetic() {}

  static float flush(float a) {
    return Math.abs(a) < Float.MIN_NORMAL ? Math.copySign(0f, a) : a;
  }

  /** The bits of a result. Every NaN becomes the canonical one, as the ISA requires. */
  static int bits(float a) {
    return Float.isNaN(a) ? CANONICAL_NAN : Float.floatToRawIntBits(a);
  }

  static float saturate(float a) {
    return a > 0f ? Math.min(a, 1f) : 0f; // NaN becomes +0
  }

  private static float rounded(double odd, Mode mode) {
    return (float) FloatFormat.F32.round(odd, mode);
  }

  @Ptx(value = "add{,.rn}.f32", cost = InstructionClass.FLOAT)
  static float add(float a, float b) {
    return a + b;
  }

  @Ptx(value = "add{,.rn}.ftz.f32", cost = InstructionClass.FLOAT)
  static float addFlushed(float a, float b) {
    return flush(flush(a) + flush(b));
  }

  @Ptx(value = "add{,.rn}.sat.f32", cost = InstructionClass.FLOAT)
  static float addSaturated(float a, float b) {
    return saturate(a + b);
  }

  @Ptx(value = "add{,.rn}.ftz.sat.f32", cost = InstructionClass.FLOAT)
  static float addFlushedSaturated(float a, float b) {
    return saturate(addFlushed(a, b));
  }

  @Ptx(value = "add.rz.f32", cost = InstructionClass.FLOAT)
  static float addToZero(float a, float b) {
    return rounded(FloatFormat.sumToOdd(a, b), Mode.RZ);
  }

  @Ptx(value = "add.rm.f32", cost = InstructionClass.FLOAT)
  static float addDown(float a, float b) {
    return rounded(FloatFormat.sumToOdd(a, b), Mode.RM);
  }

  @Ptx(value = "add.rp.f32", cost = InstructionClass.FLOAT)
  static float addUp(float a, float b) {
    return rounded(FloatFormat.sumToOdd(a, b), Mode.RP);
  }

  @Ptx(value = "sub{,.rn}.f32", cost = InstructionClass.FLOAT)
  static float sub(float a, float b) {
    return a - b;
  }

  @Ptx(value = "sub{,.rn}.ftz.f32", cost = InstructionClass.FLOAT)
  static float subFlushed(float a, float b) {
    return flush(flush(a) - flush(b));
  }

  @Ptx(value = "sub{,.rn}.sat.f32", cost = InstructionClass.FLOAT)
  static float subSaturated(float a, float b) {
    return saturate(a - b);
  }

  @Ptx(value = "sub{,.rn}.ftz.sat.f32", cost = InstructionClass.FLOAT)
  static float subFlushedSaturated(float a, float b) {
    return saturate(subFlushed(a, b));
  }

  @Ptx(value = "sub.rz.f32", cost = InstructionClass.FLOAT)
  static float subToZero(float a, float b) {
    return addToZero(a, -b);
  }

  @Ptx(value = "sub.rm.f32", cost = InstructionClass.FLOAT)
  static float subDown(float a, float b) {
    return addDown(a, -b);
  }

  @Ptx(value = "sub.rp.f32", cost = InstructionClass.FLOAT)
  static float subUp(float a, float b) {
    return addUp(a, -b);
  }

  @Ptx(value = "mul{,.rn}.f32", cost = InstructionClass.FLOAT)
  static float mul(float a, float b) {
    return a * b;
  }

  @Ptx(value = "mul{,.rn}.ftz.f32", cost = InstructionClass.FLOAT)
  static float mulFlushed(float a, float b) {
    return flush(flush(a) * flush(b));
  }

  @Ptx(value = "mul{,.rn}.sat.f32", cost = InstructionClass.FLOAT)
  static float mulSaturated(float a, float b) {
    return saturate(a * b);
  }

  @Ptx(value = "mul{,.rn}.ftz.sat.f32", cost = InstructionClass.FLOAT)
  static float mulFlushedSaturated(float a, float b) {
    return saturate(mulFlushed(a, b));
  }

  @Ptx(value = "mul.rz.f32", cost = InstructionClass.FLOAT)
  static float mulToZero(float a, float b) {
    return rounded((double) a * b, Mode.RZ);
  }

  @Ptx(value = "mul.rm.f32", cost = InstructionClass.FLOAT)
  static float mulDown(float a, float b) {
    return rounded((double) a * b, Mode.RM);
  }

  @Ptx(value = "mul.rp.f32", cost = InstructionClass.FLOAT)
  static float mulUp(float a, float b) {
    return rounded((double) a * b, Mode.RP);
  }

  @Ptx(value = "{fma,mad}.rn.f32", cost = InstructionClass.FMA)
  static float fma(float a, float b, float c) {
    return Math.fma(a, b, c);
  }

  @Ptx(value = "{fma,mad}.rn.ftz.f32", cost = InstructionClass.FMA)
  static float fmaFlushed(float a, float b, float c) {
    return flush(Math.fma(flush(a), flush(b), flush(c)));
  }

  @Ptx(value = "{fma,mad}.rn.sat.f32", cost = InstructionClass.FMA)
  static float fmaSaturated(float a, float b, float c) {
    return saturate(Math.fma(a, b, c));
  }

  @Ptx(value = "{fma,mad}.rn.ftz.sat.f32", cost = InstructionClass.FMA)
  static float fmaFlushedSaturated(float a, float b, float c) {
    return saturate(fmaFlushed(a, b, c));
  }

  @Ptx(value = "fma.rz.f32", cost = InstructionClass.FMA)
  static float fmaToZero(float a, float b, float c) {
    return rounded(FloatFormat.sumToOdd((double) a * b, c), Mode.RZ);
  }

  @Ptx(value = "fma.rm.f32", cost = InstructionClass.FMA)
  static float fmaDown(float a, float b, float c) {
    return rounded(FloatFormat.sumToOdd((double) a * b, c), Mode.RM);
  }

  @Ptx(value = "fma.rp.f32", cost = InstructionClass.FMA)
  static float fmaUp(float a, float b, float c) {
    return rounded(FloatFormat.sumToOdd((double) a * b, c), Mode.RP);
  }

  @Ptx(value = "fma.rm.ftz.f32", cost = InstructionClass.FMA)
  static float fmaDownFlushed(float a, float b, float c) {
    return flush(fmaDown(flush(a), flush(b), flush(c)));
  }

  @Ptx(value = "div.rn.f32", cost = InstructionClass.FLOAT)
  static float div(float a, float b) {
    return a / b;
  }

  @Ptx(value = "div.rn.ftz.f32", cost = InstructionClass.FLOAT)
  static float divFlushed(float a, float b) {
    return flush(flush(a) / flush(b));
  }

  @Ptx(value = "div.rz.f32", cost = InstructionClass.FLOAT)
  static float divToZero(float a, float b) {
    return rounded(FloatFormat.quotientToOdd(a, b), Mode.RZ);
  }

  @Ptx(value = "div.rm.f32", cost = InstructionClass.FLOAT)
  static float divDown(float a, float b) {
    return rounded(FloatFormat.quotientToOdd(a, b), Mode.RM);
  }

  @Ptx(value = "div.rp.f32", cost = InstructionClass.FLOAT)
  static float divUp(float a, float b) {
    return rounded(FloatFormat.quotientToOdd(a, b), Mode.RP);
  }

  @Ptx(value = "rcp.rn.f32", cost = InstructionClass.SPECIAL)
  static float reciprocal(float a) {
    return 1f / a;
  }

  @Ptx(value = "rcp.rn.ftz.f32", cost = InstructionClass.SPECIAL)
  static float reciprocalFlushed(float a) {
    return flush(1f / flush(a));
  }

  @Ptx(value = "sqrt.rn.f32", cost = InstructionClass.SPECIAL)
  static float root(float a) {
    return (float) Math.sqrt(a);
  }

  @Ptx(value = "sqrt.rn.ftz.f32", cost = InstructionClass.SPECIAL)
  static float rootFlushed(float a) {
    return (float) Math.sqrt(flush(a));
  }

  @Ptx(value = "sqrt.rz.f32", cost = InstructionClass.SPECIAL)
  static float rootToZero(float a) {
    return rounded(FloatFormat.rootToOdd(a), Mode.RZ);
  }

  @Ptx(value = "sqrt.rm.f32", cost = InstructionClass.SPECIAL)
  static float rootDown(float a) {
    return rounded(FloatFormat.rootToOdd(a), Mode.RM);
  }

  @Ptx(value = "sqrt.rp.f32", cost = InstructionClass.SPECIAL)
  static float rootUp(float a) {
    return rounded(FloatFormat.rootToOdd(a), Mode.RP);
  }
}
