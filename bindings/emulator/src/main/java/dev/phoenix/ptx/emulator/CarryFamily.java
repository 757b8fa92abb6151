package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;

/**
 * Additions and subtractions with the carry flag (section Extended-Precision Integer Arithmetic).
 * Instructions without it are scalar.
 */
final class CarryFamily implements InstructionFamily {
  /** The temporary predicate that is the carry flag. */
  private static final int FLAG = 5;

  private final InstructionFamily scalar = new ScalarFamily();

  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    String mnemonic = instruction.mnemonic();
    boolean uses = mnemonic.endsWith("c");
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    boolean sets = instruction.opcode().contains(".cc.");
    if (!uses && !sets) {
      scalar.decode(instruction, assembler);
      return;
    }
    if (mnemonic.startsWith("mad")) {
      multiply(instruction, opcode, sets, uses, assembler);
      return;
    }
    opcode.accept("cc");
    ScalarType type = opcode.type();
    opcode.end();
    List<Operand> operands = instruction.operands();
    Class<?> java = type.bits() == 64 ? long.class : int.class;
    int a = assembler.source(operands.get(1), java);
    int b = assembler.source(operands.get(2), java);
    int target = assembler.target(operands.getFirst(), java);
    add(mnemonic.substring(0, 3), type, new int[] {target, a, b}, sets, uses, assembler);
  }

  private static void add(
      String kind, ScalarType type, int[] places, boolean sets, boolean uses, Assembler assembler) {
    int flag = assembler.temporaryPredicate(FLAG);
    int carry = flag;
    if (!uses) {
      carry = assembler.temporaryPredicate(4); // false
      assembler.add(new PredicateOperation(PredicateOperation.Logic.XOR, carry, carry, carry));
    }
    int out = assembler.temporaryPredicate(6);
    if (sets) {
      String piece = "carry." + kind + "." + type.bits();
      assembler.addScalar(Semantics.get(piece), out, places[1], places[2], carry);
    }
    assembler.addScalar(Semantics.get(kind + "c." + type), places[0], places[1], places[2], carry);
    if (sets) {
      assembler.add(new PredicateOperation(PredicateOperation.Logic.MOVE, flag, out, out));
    }
  }

  private static void multiply(
      Instruction instruction,
      OpcodeReader opcode,
      boolean sets,
      boolean uses,
      Assembler assembler) {
    String half = opcode.oneOf("lo", "hi");
    opcode.accept("cc");
    ScalarType type = opcode.type();
    opcode.end();
    List<Operand> operands = instruction.operands();
    Class<?> java = type.bits() == 64 ? long.class : int.class;
    int product = type.bits() == 64 ? assembler.temporaryLong(2) : assembler.temporaryWord(4);
    assembler.addScalar(
        Semantics.get("mul." + half + "." + type),
        product,
        assembler.source(operands.get(1), java),
        assembler.source(operands.get(2), java));
    int c = assembler.source(operands.get(3), java);
    int target = assembler.target(operands.getFirst(), java);
    add("add", type, new int[] {target, product, c}, sets, uses, assembler);
  }
}
