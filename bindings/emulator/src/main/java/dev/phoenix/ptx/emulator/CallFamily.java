package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import java.util.List;

/** The calls that remain after inlining. */
final class CallFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    List<Operand> operands = instruction.operands();
    if (opcode.oneOf("unknown", "vprintf").equals("unknown")) {
      int pointer = assembler.source(operands.getFirst(), long.class);
      assembler.add(new UnknownCall(pointer, assembler.module()));
      return;
    }
    assembler.add(
        new PrintOperation(
            assembler.target(operands.getFirst(), int.class),
            pointer(operands.get(1), assembler),
            pointer(operands.get(2), assembler)));
  }

  private static AddressOperand pointer(Operand register, Assembler assembler) {
    return AddressOperand.of(new Operand.Address(register.toString(), 0), assembler);
  }
}
