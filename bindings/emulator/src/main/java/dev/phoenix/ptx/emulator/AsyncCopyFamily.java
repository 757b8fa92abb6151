package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import java.util.List;
import java.util.Set;

/** cp.async, without bulk copies (section Non-bulk copy). */
final class AsyncCopyFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    opcode.expect("async");
    List<Operand> operands = instruction.operands();
    switch (opcode.oneOf("ca", "cg", "commit_group", "wait_group", "wait_all", "mbarrier")) {
      case "commit_group" -> {
        opcode.end();
        assembler.add(new AsyncCommit());
      }
      case "wait_group" -> {
        opcode.end();
        assembler.add(new AsyncWait(constant(operands.getFirst(), assembler)));
      }
      case "wait_all" -> {
        opcode.end();
        assembler.add(new AsyncWait(-1));
      }
      case "mbarrier" -> {
        opcode.expect("arrive");
        MbarrierFamily.arriveCopies(opcode, operands, assembler);
      }
      case "cg" -> copy(opcode, operands, Set.of(16), assembler);
      default -> copy(opcode, operands, Set.of(4, 8, 16), assembler);
    }
  }

  private static void copy(
      OpcodeReader opcode, List<Operand> operands, Set<Integer> sizes, Assembler assembler) {
    opcode.oneOf("shared", "shared::cta");
    opcode.expect("global");
    opcode.anyOf("L2::64B", "L2::128B", "L2::256B");
    opcode.end();
    int bytes = constant(operands.get(2), assembler);
    if (!sizes.contains(bytes) || operands.size() > 4) {
      throw assembler.error("can't copy " + bytes + " bytes");
    }
    int sourceBytes = -1;
    int ignore = -1;
    if (operands.size() == 4) {
      if (isPredicate(operands.get(3), assembler)) {
        ignore = assembler.source(operands.get(3), boolean.class);
      } else {
        sourceBytes = assembler.source(operands.get(3), int.class);
      }
    }
    assembler.add(
        new AsyncCopy(
            AddressOperand.of(operands.getFirst(), assembler),
            AddressOperand.of(operands.get(1), assembler),
            new AsyncCopy.Amount(bytes, sourceBytes, ignore)));
  }

  private static boolean isPredicate(Operand operand, Assembler assembler) {
    return operand instanceof Operand.Not
        || (operand instanceof Operand.Name && assembler.registerType(operand).bits() == 1);
  }

  private static int constant(Operand operand, Assembler assembler) {
    if (operand instanceof Operand.IntegerConstant(long value) && value >= 0 && value <= 64) {
      return (int) value;
    }
    throw assembler.error("expected a small constant, found " + operand);
  }
}
