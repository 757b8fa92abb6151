package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;

/** Branches and ends (section Control Flow Instructions); calls are inlined before. */
final class ControlFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    switch (instruction.mnemonic()) {
      case "bra" -> {
        opcode.accept("uni"); // a hint: divergent branches are executed correctly all the same
        opcode.end();
        assembler.add(new BranchOperation(assembler.block().targets().getFirst()));
      }
      case "brx" -> {
        opcode.expect("idx");
        opcode.accept("uni");
        opcode.end();
        int index = assembler.source(instruction.operands().getFirst(), int.class);
        assembler.add(new IndexedBranchOperation(index, assembler.block().targets()));
      }
      case "ret", "exit" -> {
        opcode.accept("uni");
        opcode.end();
        assembler.add(new ExitOperation());
      }
      case "trap" -> {
        opcode.end();
        assembler.add(new TrapOperation());
      }
      default -> {
        opcode.accept("u32");
        opcode.end(); // nanosleep: does not let other warps run
      }
    }
  }
}
