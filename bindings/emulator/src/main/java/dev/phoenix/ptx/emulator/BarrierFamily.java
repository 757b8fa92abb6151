package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;

/** Barriers and fences (section Parallel Synchronization and Communication Instructions). */
final class BarrierFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    switch (instruction.mnemonic()) {
      case "membar" -> {
        opcode.oneOf("cta", "gl", "sys");
        opcode.end();
        assembler.add(new FenceOperation());
      }
      case "fence" -> {
        opcode.anyOf("sc", "acq_rel");
        opcode.oneOf("cta", "cluster", "gpu", "sys");
        opcode.end();
        assembler.add(new FenceOperation());
      }
      default -> barrier(instruction, opcode, assembler);
    }
  }

  private static void barrier(Instruction instruction, OpcodeReader opcode, Assembler assembler) {
    boolean aligned = instruction.mnemonic().equals("bar");
    if (opcode.accept("warp")) {
      opcode.expect("sync");
      opcode.end();
      int members = assembler.source(instruction.operands().getFirst(), int.class);
      assembler.add(new WarpBarrier(members));
      return;
    }
    opcode.accept("cta");
    String kind = opcode.oneOf("sync", "arrive", "red");
    if (kind.equals("red")) {
      reduction(instruction, opcode, aligned, assembler);
      return;
    }
    boolean declared = opcode.accept("aligned");
    opcode.end();
    List<Operand> operands = instruction.operands();
    int id = assembler.source(operands.getFirst(), int.class);
    int threads = operands.size() > 1 ? assembler.source(operands.get(1), int.class) : -1;
    assembler.add(
        new BarrierOperation(
            new BarrierOperation.Meeting(id, threads, aligned || declared, kind.equals("sync")),
            BarrierOperation.NO_REDUCTION));
  }

  private static void reduction(
      Instruction instruction, OpcodeReader opcode, boolean bar, Assembler assembler) {
    boolean aligned = opcode.accept("aligned") || bar;
    String operation = opcode.oneOf("popc", "and", "or");
    aligned |= opcode.accept("aligned");
    ScalarType type = opcode.type();
    opcode.end();
    boolean count = operation.equals("popc");
    if (type != (count ? ScalarType.U32 : ScalarType.PRED)) {
      throw opcode.unknown();
    }
    List<Operand> operands = instruction.operands();
    int id = assembler.source(operands.get(1), int.class);
    boolean limited = operands.size() == 4;
    int threads = limited ? assembler.source(operands.get(2), int.class) : -1;
    int vote = assembler.source(operands.getLast(), boolean.class);
    int target = assembler.target(operands.getFirst(), count ? int.class : boolean.class);
    assembler.add(
        new BarrierOperation(
            BarrierOperation.Meeting.waiting(id, threads, aligned),
            new BarrierOperation.Reduction(operation, vote, target)));
  }
}
