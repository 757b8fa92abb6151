package dev.phoenix.ptx.emulator;

/**
 * Half-precision arithmetic (section Half Precision Floating Point Instructions) in binary16 and
 * bfloat16, correctly rounded. Sums and products of two halves are computed in float, whose
 * precision is more than twice theirs, so that the second rounding is correct; fma is computed in
 * double, rounded to odd. Any NaN result is the canonical one, 0x7fff.
 */
final class HalfArithmetic {
  private static final char NAN = 0x7fff;

  private HalfArithmetic() {}

  static float f16(char bits) {
    return Float.float16ToFloat((short) bits);
  }

  static char f16(float value) {
    return Double.isNaN(value) ? NAN : (char) Float.floatToFloat16(value);
  }

  static float bf16(char bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  static char bf16(float value) {
    if (Double.isNaN(value)) {
      return NAN;
    }
    int bits = Float.floatToRawIntBits(value);
    return (char) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  static char low(int pair) {
    return (char) pair;
  }

  static char high(int pair) {
    return (char) (pair >>> 16);
  }

  static int pack(char low, char high) {
    return (high << 16) | low;
  }

  @Ptx(value = "add{,.rn}.f16", cost = InstructionClass.FLOAT)
  static char addHalf(char a, char b) {
    return f16(f16(a) + f16(b));
  }

  @Ptx(value = "add{,.rn}.f16x2", cost = InstructionClass.FLOAT)
  static int addHalf2(int a, int b) {
    return pack(addHalf(low(a), low(b)), addHalf(high(a), high(b)));
  }

  @Ptx(value = "sub{,.rn}.f16", cost = InstructionClass.FLOAT)
  static char subHalf(char a, char b) {
    return f16(f16(a) - f16(b));
  }

  @Ptx(value = "sub{,.rn}.f16x2", cost = InstructionClass.FLOAT)
  static int subHalf2(int a, int b) {
    return pack(subHalf(low(a), low(b)), subHalf(high(a), high(b)));
  }

  @Ptx(value = "mul{,.rn}.f16", cost = InstructionClass.FLOAT)
  static char mulHalf(char a, char b) {
    return f16(f16(a) * f16(b));
  }

  @Ptx(value = "mul{,.rn}.f16x2", cost = InstructionClass.FLOAT)
  static int mulHalf2(int a, int b) {
    return pack(mulHalf(low(a), low(b)), mulHalf(high(a), high(b)));
  }

  @Ptx(value = "fma.rn.f16", cost = InstructionClass.FMA)
  static char fmaHalf(char a, char b, char c) {
    double sum = FloatFormat.sumToOdd((double) f16(a) * f16(b), f16(c));
    return f16((float) FloatFormat.F16.round(sum, FloatFormat.Mode.RN));
  }

  @Ptx(value = "fma.rn.f16x2", cost = InstructionClass.FMA)
  static int fmaHalf2(int a, int b, int c) {
    return pack(fmaHalf(low(a), low(b), low(c)), fmaHalf(high(a), high(b), high(c)));
  }

  @Ptx(value = "fma.rn.relu.f16", cost = InstructionClass.FMA)
  static char fmaHalfPositive(char a, char b, char c) {
    char result = fmaHalf(a, b, c);
    return result >= 0x8000 ? 0 : result;
  }

  @Ptx(value = "fma.rn.relu.f16x2", cost = InstructionClass.FMA)
  static int fmaHalf2Positive(int a, int b, int c) {
    return pack(
        fmaHalfPositive(low(a), low(b), low(c)), fmaHalfPositive(high(a), high(b), high(c)));
  }

  @Ptx(value = "min.f16", cost = InstructionClass.FLOAT)
  static char minHalf(char a, char b) {
    return f16(FloatSelection.min(f16(a), f16(b)));
  }

  @Ptx(value = "min.f16x2", cost = InstructionClass.FLOAT)
  static int minHalf2(int a, int b) {
    return pack(minHalf(low(a), low(b)), minHalf(high(a), high(b)));
  }

  @Ptx(value = "min.NaN.f16", cost = InstructionClass.FLOAT)
  static char minHalfOrNan(char a, char b) {
    return f16(FloatSelection.minOrNan(f16(a), f16(b)));
  }

  @Ptx(value = "min.NaN.f16x2", cost = InstructionClass.FLOAT)
  static int minHalfOrNan2(int a, int b) {
    return pack(minHalfOrNan(low(a), low(b)), minHalfOrNan(high(a), high(b)));
  }

  @Ptx(value = "max.f16", cost = InstructionClass.FLOAT)
  static char maxHalf(char a, char b) {
    return f16(FloatSelection.max(f16(a), f16(b)));
  }

  @Ptx(value = "max.f16x2", cost = InstructionClass.FLOAT)
  static int maxHalf2(int a, int b) {
    return pack(maxHalf(low(a), low(b)), maxHalf(high(a), high(b)));
  }

  @Ptx(value = "max.NaN.f16", cost = InstructionClass.FLOAT)
  static char maxHalfOrNan(char a, char b) {
    return f16(FloatSelection.maxOrNan(f16(a), f16(b)));
  }

  @Ptx(value = "max.NaN.f16x2", cost = InstructionClass.FLOAT)
  static int maxHalfOrNan2(int a, int b) {
    return pack(maxHalfOrNan(low(a), low(b)), maxHalfOrNan(high(a), high(b)));
  }

  @Ptx(value = "add{,.rn}.bf16", cost = InstructionClass.FLOAT)
  static char addBrain(char a, char b) {
    return bf16(bf16(a) + bf16(b));
  }

  @Ptx(value = "add{,.rn}.bf16x2", cost = InstructionClass.FLOAT)
  static int addBrain2(int a, int b) {
    return pack(addBrain(low(a), low(b)), addBrain(high(a), high(b)));
  }

  @Ptx(value = "sub{,.rn}.bf16", cost = InstructionClass.FLOAT)
  static char subBrain(char a, char b) {
    return bf16(bf16(a) - bf16(b));
  }

  @Ptx(value = "sub{,.rn}.bf16x2", cost = InstructionClass.FLOAT)
  static int subBrain2(int a, int b) {
    return pack(subBrain(low(a), low(b)), subBrain(high(a), high(b)));
  }

  @Ptx(value = "mul{,.rn}.bf16", cost = InstructionClass.FLOAT)
  static char mulBrain(char a, char b) {
    return bf16(bf16(a) * bf16(b));
  }

  @Ptx(value = "mul{,.rn}.bf16x2", cost = InstructionClass.FLOAT)
  static int mulBrain2(int a, int b) {
    return pack(mulBrain(low(a), low(b)), mulBrain(high(a), high(b)));
  }

  @Ptx(value = "fma.rn.bf16", cost = InstructionClass.FMA)
  static char fmaBrain(char a, char b, char c) {
    double sum = FloatFormat.sumToOdd((double) bf16(a) * bf16(b), bf16(c));
    return bf16((float) FloatFormat.BF16.round(sum, FloatFormat.Mode.RN));
  }

  @Ptx(value = "fma.rn.bf16x2", cost = InstructionClass.FMA)
  static int fmaBrain2(int a, int b, int c) {
    return pack(fmaBrain(low(a), low(b), low(c)), fmaBrain(high(a), high(b), high(c)));
  }

  @Ptx(value = "fma.rn.relu.bf16", cost = InstructionClass.FMA)
  static char fmaBrainPositive(char a, char b, char c) {
    char result = fmaBrain(a, b, c);
    return result >= 0x8000 ? 0 : result;
  }

  @Ptx(value = "fma.rn.relu.bf16x2", cost = InstructionClass.FMA)
  static int fmaBrain2Positive(int a, int b, int c) {
    return pack(
        fmaBrainPositive(low(a), low(b), low(c)), fmaBrainPositive(high(a), high(b), high(c)));
  }

  @Ptx(value = "min.bf16", cost = InstructionClass.FLOAT)
  static char minBrain(char a, char b) {
    return bf16(FloatSelection.min(bf16(a), bf16(b)));
  }

  @Ptx(value = "min.bf16x2", cost = InstructionClass.FLOAT)
  static int minBrain2(int a, int b) {
    return pack(minBrain(low(a), low(b)), minBrain(high(a), high(b)));
  }

  @Ptx(value = "min.NaN.bf16", cost = InstructionClass.FLOAT)
  static char minBrainOrNan(char a, char b) {
    return bf16(FloatSelection.minOrNan(bf16(a), bf16(b)));
  }

  @Ptx(value = "min.NaN.bf16x2", cost = InstructionClass.FLOAT)
  static int minBrainOrNan2(int a, int b) {
    return pack(minBrainOrNan(low(a), low(b)), minBrainOrNan(high(a), high(b)));
  }

  @Ptx(value = "max.bf16", cost = InstructionClass.FLOAT)
  static char maxBrain(char a, char b) {
    return bf16(FloatSelection.max(bf16(a), bf16(b)));
  }

  @Ptx(value = "max.bf16x2", cost = InstructionClass.FLOAT)
  static int maxBrain2(int a, int b) {
    return pack(maxBrain(low(a), low(b)), maxBrain(high(a), high(b)));
  }

  @Ptx(value = "max.NaN.bf16", cost = InstructionClass.FLOAT)
  static char maxBrainOrNan(char a, char b) {
    return bf16(FloatSelection.maxOrNan(bf16(a), bf16(b)));
  }

  @Ptx(value = "max.NaN.bf16x2", cost = InstructionClass.FLOAT)
  static int maxBrainOrNan2(int a, int b) {
    return pack(maxBrainOrNan(low(a), low(b)), maxBrainOrNan(high(a), high(b)));
  }

  @Ptx(value = "neg.{,b}f16", cost = InstructionClass.FLOAT)
  static int neg(int a) {
    return a ^ 0x8000;
  }

  @Ptx(value = "neg.{,b}f16x2", cost = InstructionClass.FLOAT)
  static int neg2(int a) {
    return a ^ 0x80008000;
  }

  @Ptx(value = "abs.{,b}f16", cost = InstructionClass.FLOAT)
  static int abs(int a) {
    return a & 0x7fff;
  }

  @Ptx(value = "abs.{,b}f16x2", cost = InstructionClass.FLOAT)
  static int abs2(int a) {
    return a & 0x7fff7fff;
  }
}
