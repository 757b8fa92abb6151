package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;

/** setp and set: a comparison, combined with a predicate, into predicates or a register. */
final class ComparisonFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    boolean set = instruction.mnemonic().equals("set");
    String comparison =
        opcode.oneOf(
            "eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu",
            "gtu", "geu", "num", "nan");
    String combination = opcode.anyOf("and", "or", "xor");
    String flush = opcode.accept("ftz") ? "ftz." : "";
    ScalarType result = set ? opcode.type() : ScalarType.PRED;
    ScalarType type = opcode.type();
    opcode.end();
    Method method = Semantics.find("setp." + comparison + "." + flush + type);
    if (method == null) {
      throw assembler.error("no such comparison");
    }
    List<Operand> operands = instruction.operands();
    int expected = combination.isEmpty() ? 3 : 4;
    if (operands.size() != expected) {
      throw assembler.error("takes " + expected + " operands");
    }
    Class<?> java = method.getParameterTypes()[0];
    int compared = assembler.temporaryPredicate(0);
    assembler.addScalar(
        method,
        compared,
        assembler.source(operands.get(1), java),
        assembler.source(operands.get(2), java));
    int other = combination.isEmpty() ? -1 : assembler.source(operands.get(3), boolean.class);
    if (set) {
      register(
          operands.getFirst(), result, combine(combination, compared, other, assembler), assembler);
    } else {
      predicates(operands.getFirst(), combination, compared, other, assembler);
    }
  }

  private static int combine(String combination, int compared, int other, Assembler assembler) {
    if (combination.isEmpty()) {
      return compared;
    }
    int target = assembler.temporaryPredicate(1);
    assembler.add(logic(combination, target, compared, other));
    return target;
  }

  private static Operation logic(String combination, int target, int a, int b) {
    PredicateOperation.Logic logic =
        combination.isEmpty()
            ? PredicateOperation.Logic.MOVE
            : PredicateOperation.Logic.valueOf(combination.toUpperCase(Locale.ROOT));
    return new PredicateOperation(logic, target, a, Math.max(b, 0));
  }

  private static void register(
      Operand target, ScalarType type, int predicate, Assembler assembler) {
    int yes =
        switch (type) {
          case F32 -> Float.floatToRawIntBits(1f);
          case F16 -> HalfArithmetic.f16(1f);
          case BF16 -> HalfArithmetic.bf16(1f);
          case U32, S32 -> -1;
          case U16, S16 -> 0xffff;
          default -> throw assembler.error("unknown result type ." + type);
        };
    assembler.addScalar(
        Semantics.get("selp.b32"),
        assembler.target(target, int.class),
        assembler.slots().constant(yes),
        assembler.slots().constant(0),
        predicate);
  }

  private static void predicates(
      Operand target, String combination, int compared, int other, Assembler assembler) {
    if (target instanceof Operand.Pair(String first, String second)) {
      int negated = assembler.temporaryPredicate(2);
      assembler.add(
          new PredicateOperation(PredicateOperation.Logic.NOT, negated, compared, compared));
      int result = assembler.temporaryPredicate(3);
      assembler.add(logic(combination, result, negated, other));
      assembler.add(logic(combination, assembler.predicate(first), compared, other));
      assembler.add(logic("", assembler.predicate(second), result, result));
    } else {
      int place = assembler.target(target, boolean.class);
      assembler.add(logic(combination, place, compared, other));
    }
  }
}
