package dev.phoenix.ptx.emulator;

/** Comparisons of binary16 and bfloat16 values, which float holds exactly. */
final class HalfComparisons {
  private HalfComparisons() {}

  @Ptx(value = "setp.eq.f16", cost = InstructionClass.FLOAT)
  static boolean equalHalf(char a, char b) {
    return FloatComparisons.equal(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.eq.bf16", cost = InstructionClass.FLOAT)
  static boolean equalBrain(char a, char b) {
    return FloatComparisons.equal(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.ne.f16", cost = InstructionClass.FLOAT)
  static boolean notEqualHalf(char a, char b) {
    return FloatComparisons.notEqual(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.ne.bf16", cost = InstructionClass.FLOAT)
  static boolean notEqualBrain(char a, char b) {
    return FloatComparisons.notEqual(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.lt.f16", cost = InstructionClass.FLOAT)
  static boolean lessHalf(char a, char b) {
    return FloatComparisons.less(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.lt.bf16", cost = InstructionClass.FLOAT)
  static boolean lessBrain(char a, char b) {
    return FloatComparisons.less(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.le.f16", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualHalf(char a, char b) {
    return FloatComparisons.lessOrEqual(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.le.bf16", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualBrain(char a, char b) {
    return FloatComparisons.lessOrEqual(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.gt.f16", cost = InstructionClass.FLOAT)
  static boolean greaterHalf(char a, char b) {
    return FloatComparisons.greater(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.gt.bf16", cost = InstructionClass.FLOAT)
  static boolean greaterBrain(char a, char b) {
    return FloatComparisons.greater(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.ge.f16", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualHalf(char a, char b) {
    return FloatComparisons.greaterOrEqual(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.ge.bf16", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualBrain(char a, char b) {
    return FloatComparisons.greaterOrEqual(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.equ.f16", cost = InstructionClass.FLOAT)
  static boolean equalOrNanHalf(char a, char b) {
    return FloatComparisons.equalOrNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.equ.bf16", cost = InstructionClass.FLOAT)
  static boolean equalOrNanBrain(char a, char b) {
    return FloatComparisons.equalOrNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.neu.f16", cost = InstructionClass.FLOAT)
  static boolean notEqualOrNanHalf(char a, char b) {
    return FloatComparisons.notEqualOrNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.neu.bf16", cost = InstructionClass.FLOAT)
  static boolean notEqualOrNanBrain(char a, char b) {
    return FloatComparisons.notEqualOrNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.ltu.f16", cost = InstructionClass.FLOAT)
  static boolean lessOrNanHalf(char a, char b) {
    return FloatComparisons.lessOrNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.ltu.bf16", cost = InstructionClass.FLOAT)
  static boolean lessOrNanBrain(char a, char b) {
    return FloatComparisons.lessOrNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.leu.f16", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualOrNanHalf(char a, char b) {
    return FloatComparisons.lessOrEqualOrNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.leu.bf16", cost = InstructionClass.FLOAT)
  static boolean lessOrEqualOrNanBrain(char a, char b) {
    return FloatComparisons.lessOrEqualOrNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.gtu.f16", cost = InstructionClass.FLOAT)
  static boolean greaterOrNanHalf(char a, char b) {
    return FloatComparisons.greaterOrNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.gtu.bf16", cost = InstructionClass.FLOAT)
  static boolean greaterOrNanBrain(char a, char b) {
    return FloatComparisons.greaterOrNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.geu.f16", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualOrNanHalf(char a, char b) {
    return FloatComparisons.greaterOrEqualOrNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.geu.bf16", cost = InstructionClass.FLOAT)
  static boolean greaterOrEqualOrNanBrain(char a, char b) {
    return FloatComparisons.greaterOrEqualOrNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.num.f16", cost = InstructionClass.FLOAT)
  static boolean bothNumbersHalf(char a, char b) {
    return FloatComparisons.bothNumbers(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.num.bf16", cost = InstructionClass.FLOAT)
  static boolean bothNumbersBrain(char a, char b) {
    return FloatComparisons.bothNumbers(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }

  @Ptx(value = "setp.nan.f16", cost = InstructionClass.FLOAT)
  static boolean anyNanHalf(char a, char b) {
    return FloatComparisons.anyNan(HalfArithmetic.f16(a), HalfArithmetic.f16(b));
  }

  @Ptx(value = "setp.nan.bf16", cost = InstructionClass.FLOAT)
  static boolean anyNanBrain(char a, char b) {
    return FloatComparisons.anyNan(HalfArithmetic.bf16(a), HalfArithmetic.bf16(b));
  }
}
