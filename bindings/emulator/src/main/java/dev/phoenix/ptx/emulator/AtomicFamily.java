package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;

/** atom and red (sections atom, red). */
final class AtomicFamily implements InstructionFamily {
  private static final String[] SEMANTICS = {"relaxed", "acquire", "release", "acq_rel"};
  private static final String[] SCOPES = {"cta", "cluster", "gpu", "sys"};

  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    String semantics = opcode.anyOf(SEMANTICS);
    String scope = opcode.anyOf(SCOPES);
    if (!semantics.isEmpty() && scope.isEmpty()) {
      throw opcode.unknown();
    }
    String space = opcode.anyOf("global", "shared", "shared::cta");
    String operation =
        opcode.oneOf("add", "min", "max", "exch", "cas", "and", "or", "xor", "inc", "dec");
    if (semantics.isEmpty() && scope.isEmpty()) {
      // libcu++ writes them after the operation, which ptxas accepts.
      semantics = opcode.anyOf(SEMANTICS);
      scope = semantics.isEmpty() ? "" : opcode.oneOf(SCOPES);
    }
    boolean noFlush = opcode.accept("noftz");
    ScalarType type = opcode.type();
    opcode.end();
    boolean flush = !space.startsWith("shared");
    AtomicUpdates.Update update = AtomicUpdates.find(operation, type, flush);
    boolean half = type.kind() == ScalarType.Kind.FLOAT && type.toString().contains("16");
    if (update == null || half != noFlush) {
      throw assembler.error("no such atomic");
    }
    boolean swap = operation.equals("cas");
    AtomicOperation.Registers registers = registers(instruction, type, swap, assembler);
    Operand address = instruction.operands().get(first(instruction));
    assembler.add(
        new AtomicOperation(
            MemoryOperation.space(space),
            AddressOperand.of(address, assembler),
            update,
            registers,
            new AtomicOperation.Width(type.bytes(), swap || operation.equals("exch"))));
  }

  /** The place of the address among the operands: atom has a result before it, red has none. */
  private static int first(Instruction instruction) {
    return instruction.mnemonic().equals("atom") ? 1 : 0;
  }

  private static AtomicOperation.Registers registers(
      Instruction instruction, ScalarType type, boolean swap, Assembler assembler) {
    List<Operand> operands = instruction.operands();
    int first = first(instruction);
    int expected = first + (swap ? 3 : 2);
    if (operands.size() != expected) {
      throw assembler.error("takes " + expected + " operands");
    }
    Class<?> java = type.bits() == 64 ? long.class : int.class;
    boolean ignored = first == 0 || operands.getFirst() instanceof Operand.Sink;
    return new AtomicOperation.Registers(
        ignored ? -1 : assembler.target(operands.getFirst(), java),
        assembler.source(operands.get(first + 1), java),
        swap ? assembler.source(operands.get(first + 2), java) : -1);
  }
}
