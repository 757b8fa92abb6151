package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.emulator.FloatFormat.Mode;

/** Conversions between floating-point formats, and rounding to integral values. */
final class FloatConversions {
  private static final int CANONICAL_NAN = 0x7fffffff;

  private FloatConversions() {}

  private static float single(double value, Mode mode) {
    return Double.isNaN(value)
        ? Float.intBitsToFloat(CANONICAL_NAN)
        : (float) FloatFormat.F32.round(value, mode);
  }

  private static char half(double value, Mode mode) {
    return HalfArithmetic.f16((float) FloatFormat.F16.round(value, mode));
  }

  private static char brain(double value, Mode mode) {
    return HalfArithmetic.bf16((float) FloatFormat.BF16.round(value, mode));
  }

  private static float positive(float a) {
    return a > 0 ? a : Double.isNaN(a) ? a : 0f;
  }

  @Ptx(value = "cvt.f64.f32", cost = InstructionClass.CONVERT)
  static double widen(float a) {
    return a;
  }

  @Ptx(value = "cvt.ftz.f64.f32", cost = InstructionClass.CONVERT)
  static double widenFlushed(float a) {
    return FloatArithmetic.flush(a);
  }

  @Ptx(value = "cvt.f32.f16", cost = InstructionClass.CONVERT)
  static float widenHalf(char a) {
    return HalfArithmetic.f16(a);
  }

  @Ptx(value = "cvt.f32.bf16", cost = InstructionClass.CONVERT)
  static float widenBrain(char a) {
    return HalfArithmetic.bf16(a);
  }

  @Ptx(value = "cvt.f64.f16", cost = InstructionClass.CONVERT)
  static double widenHalfToDouble(char a) {
    return HalfArithmetic.f16(a);
  }

  @Ptx(value = "cvt.rn.f32.f64", cost = InstructionClass.CONVERT)
  static float nearest(double a) {
    return (float) a;
  }

  @Ptx(value = "cvt.rn.ftz.f32.f64", cost = InstructionClass.CONVERT)
  static float nearestFlushed(double a) {
    return FloatArithmetic.flush((float) a);
  }

  @Ptx(value = "cvt.rz.f32.f64", cost = InstructionClass.CONVERT)
  static float toZero(double a) {
    return single(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rm.f32.f64", cost = InstructionClass.CONVERT)
  static float down(double a) {
    return single(a, Mode.RM);
  }

  @Ptx(value = "cvt.rp.f32.f64", cost = InstructionClass.CONVERT)
  static float up(double a) {
    return single(a, Mode.RP);
  }

  @Ptx(value = "cvt.sat.f32.f32", cost = InstructionClass.CONVERT)
  static float saturate(float a) {
    return FloatArithmetic.saturate(a);
  }

  @Ptx(value = "cvt.ftz.sat.f32.f32", cost = InstructionClass.CONVERT)
  static float saturateFlushed(float a) {
    return FloatArithmetic.saturate(FloatArithmetic.flush(a));
  }

  @Ptx(value = "cvt.ftz.f32.f32", cost = InstructionClass.CONVERT)
  static float flush(float a) {
    return FloatArithmetic.flush(a);
  }

  @Ptx(value = "cvt.rn.f16.f64", cost = InstructionClass.CONVERT)
  static char nearestHalf(double a) {
    return half(a, Mode.RN);
  }

  @Ptx(value = "cvt.rn.bf16.f32", cost = InstructionClass.CONVERT)
  static char nearestBrain(float a) {
    return HalfArithmetic.bf16(a);
  }

  @Ptx(value = "cvt.rz.bf16.f32", cost = InstructionClass.CONVERT)
  static char brainToZero(float a) {
    return brain(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rn.relu.bf16.f32", cost = InstructionClass.CONVERT)
  static char nearestBrainPositive(float a) {
    return HalfArithmetic.bf16(positive(a));
  }

  @Ptx(value = "cvt.rn{,.ftz}.f16.f32", cost = InstructionClass.CONVERT)
  static char nearestHalf(float a) {
    return HalfArithmetic.f16(a);
  }

  @Ptx(value = "cvt.rz{,.ftz}.f16.f32", cost = InstructionClass.CONVERT)
  static char halfToZero(float a) {
    return half(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rm{,.ftz}.f16.f32", cost = InstructionClass.CONVERT)
  static char halfDown(float a) {
    return half(a, Mode.RM);
  }

  @Ptx(value = "cvt.rp{,.ftz}.f16.f32", cost = InstructionClass.CONVERT)
  static char halfUp(float a) {
    return half(a, Mode.RP);
  }

  // Packed conversions: the first operand goes into the upper half.

  @Ptx(value = "cvt.rn.bf16x2.f32", cost = InstructionClass.CONVERT)
  static int nearestBrain2(float high, float low) {
    return HalfArithmetic.pack(HalfArithmetic.bf16(low), HalfArithmetic.bf16(high));
  }

  @Ptx(value = "cvt.rz.bf16x2.f32", cost = InstructionClass.CONVERT)
  static int brain2ToZero(float high, float low) {
    return HalfArithmetic.pack(brainToZero(low), brainToZero(high));
  }

  @Ptx(value = "cvt.rn.relu.bf16x2.f32", cost = InstructionClass.CONVERT)
  static int nearestBrain2Positive(float high, float low) {
    return HalfArithmetic.pack(nearestBrainPositive(low), nearestBrainPositive(high));
  }

  @Ptx(value = "cvt.rn.f16x2.f32", cost = InstructionClass.CONVERT)
  static int nearestHalf2(float high, float low) {
    return HalfArithmetic.pack(HalfArithmetic.f16(low), HalfArithmetic.f16(high));
  }

  @Ptx(value = "cvt.rz.f16x2.f32", cost = InstructionClass.CONVERT)
  static int half2ToZero(float high, float low) {
    return HalfArithmetic.pack(halfToZero(low), halfToZero(high));
  }

  @Ptx(value = "cvt.rn.relu.f16x2.f32", cost = InstructionClass.CONVERT)
  static int nearestHalf2Positive(float high, float low) {
    return HalfArithmetic.pack(
        HalfArithmetic.f16(positive(low)), HalfArithmetic.f16(positive(high)));
  }

  @Ptx(value = "cvt.rna.tf32.f32", cost = InstructionClass.CONVERT)
  static float tensorAway(float a) {
    return (float) FloatFormat.TF32.round(a, Mode.RNA);
  }

  @Ptx(value = "cvt.rn.tf32.f32", cost = InstructionClass.CONVERT)
  static float tensorNearest(float a) {
    return (float) FloatFormat.TF32.round(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni.f32.f32", cost = InstructionClass.CONVERT)
  static float integralNearest(float a) {
    return (float) FloatFormat.toInteger(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni.f64.f64", cost = InstructionClass.CONVERT)
  static double integralNearest(double a) {
    return FloatFormat.toInteger(a, Mode.RN);
  }

  @Ptx(value = "cvt.rni.ftz.f32.f32", cost = InstructionClass.CONVERT)
  static float integralNearestFlushed(float a) {
    return integralNearest(FloatArithmetic.flush(a));
  }

  @Ptx(value = "cvt.rni.f16.f16", cost = InstructionClass.CONVERT)
  static char integralNearestHalf(char a) {
    return HalfArithmetic.f16(integralNearest(HalfArithmetic.f16(a)));
  }

  @Ptx(value = "cvt.rzi.f32.f32", cost = InstructionClass.CONVERT)
  static float integralToZero(float a) {
    return (float) FloatFormat.toInteger(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rzi.f64.f64", cost = InstructionClass.CONVERT)
  static double integralToZero(double a) {
    return FloatFormat.toInteger(a, Mode.RZ);
  }

  @Ptx(value = "cvt.rzi.ftz.f32.f32", cost = InstructionClass.CONVERT)
  static float integralToZeroFlushed(float a) {
    return integralToZero(FloatArithmetic.flush(a));
  }

  @Ptx(value = "cvt.rzi.f16.f16", cost = InstructionClass.CONVERT)
  static char integralToZeroHalf(char a) {
    return HalfArithmetic.f16(integralToZero(HalfArithmetic.f16(a)));
  }

  @Ptx(value = "cvt.rmi.f32.f32", cost = InstructionClass.CONVERT)
  static float integralDown(float a) {
    return (float) FloatFormat.toInteger(a, Mode.RM);
  }

  @Ptx(value = "cvt.rmi.f64.f64", cost = InstructionClass.CONVERT)
  static double integralDown(double a) {
    return FloatFormat.toInteger(a, Mode.RM);
  }

  @Ptx(value = "cvt.rmi.ftz.f32.f32", cost = InstructionClass.CONVERT)
  static float integralDownFlushed(float a) {
    return integralDown(FloatArithmetic.flush(a));
  }

  @Ptx(value = "cvt.rmi.f16.f16", cost = InstructionClass.CONVERT)
  static char integralDownHalf(char a) {
    return HalfArithmetic.f16(integralDown(HalfArithmetic.f16(a)));
  }

  @Ptx(value = "cvt.rpi.f32.f32", cost = InstructionClass.CONVERT)
  static float integralUp(float a) {
    return (float) FloatFormat.toInteger(a, Mode.RP);
  }

  @Ptx(value = "cvt.rpi.f64.f64", cost = InstructionClass.CONVERT)
  static double integralUp(double a) {
    return FloatFormat.toInteger(a, Mode.RP);
  }

  @Ptx(value = "cvt.rpi.ftz.f32.f32", cost = InstructionClass.CONVERT)
  static float integralUpFlushed(float a) {
    return integralUp(FloatArithmetic.flush(a));
  }

  @Ptx(value = "cvt.rpi.f16.f16", cost = InstructionClass.CONVERT)
  static char integralUpHalf(char a) {
    return HalfArithmetic.f16(integralUp(HalfArithmetic.f16(a)));
  }
}
