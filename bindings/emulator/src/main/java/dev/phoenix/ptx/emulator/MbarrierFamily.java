package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import java.util.List;

/** mbarrier as sm_80 has it: no transaction counts, no clusters, no try_wait. */
final class MbarrierFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    List<Operand> operands = instruction.operands();
    switch (opcode.oneOf("init", "inval", "arrive", "arrive_drop", "test_wait", "pending_count")) {
      case "init" ->
          add(MbarrierOperation.Action.INIT, opcode, operands, new Shape(-1, 0, 1), assembler);
      case "inval" ->
          add(
              MbarrierOperation.Action.INVALIDATE,
              opcode,
              operands,
              new Shape(-1, 0, -1),
              assembler);
      case "arrive" -> arrive(MbarrierOperation.Action.ARRIVE, opcode, operands, assembler);
      case "arrive_drop" ->
          arrive(MbarrierOperation.Action.ARRIVE_DROP, opcode, operands, assembler);
      case "test_wait" -> {
        boolean parity = opcode.accept("parity");
        semantics(opcode, "acquire");
        add(
            parity ? MbarrierOperation.Action.TEST_PARITY : MbarrierOperation.Action.TEST_WAIT,
            opcode,
            operands,
            new Shape(0, 1, 2),
            assembler);
      }
      default -> {
        opcode.expect("b64");
        opcode.end();
        assembler.addScalar(
            Semantics.get("unpack.lo.b64"),
            assembler.target(operands.getFirst(), int.class),
            assembler.source(operands.get(1), long.class));
      }
    }
  }

  /**
   * Operand positions; -1 for none.
   *
   * @param result state or predicate
   * @param address the object
   * @param operand count, state or parity
   */
  private record Shape(int result, int address, int operand) {
    int count() {
      return Math.max(address, operand) + 1;
    }
  }

  private static void semantics(OpcodeReader opcode, String order) {
    if (opcode.accept(order)) {
      opcode.expect("cta");
    }
  }

  private static void arrive(
      MbarrierOperation.Action action,
      OpcodeReader opcode,
      List<Operand> operands,
      Assembler assembler) {
    boolean counted = opcode.accept("noComplete");
    semantics(opcode, "release");
    add(action, opcode, operands, new Shape(0, 1, counted ? 2 : -1), assembler);
  }

  private static void add(
      MbarrierOperation.Action action,
      OpcodeReader opcode,
      List<Operand> operands,
      Shape shape,
      Assembler assembler) {
    String space = opcode.anyOf("shared", "shared::cta");
    opcode.expect("b64");
    opcode.end();
    if (operands.size() != shape.count()) {
      throw assembler.error("takes " + shape.count() + " operands, not " + operands.size());
    }
    boolean test =
        action == MbarrierOperation.Action.TEST_WAIT
            || action == MbarrierOperation.Action.TEST_PARITY;
    int result = -1;
    if (shape.result() >= 0 && !(operands.getFirst() instanceof Operand.Sink)) {
      result = assembler.target(operands.getFirst(), test ? boolean.class : long.class);
    } else if (test) {
      throw assembler.error("a test needs a predicate to leave its result in");
    }
    boolean state = action == MbarrierOperation.Action.TEST_WAIT;
    int operand =
        shape.operand() < 0
            ? -1
            : assembler.source(operands.get(shape.operand()), state ? long.class : int.class);
    assembler.add(
        new MbarrierOperation(
            action,
            MemoryOperation.space(space),
            AddressOperand.of(operands.get(shape.address()), assembler),
            new MbarrierOperation.Registers(result, operand)));
  }

  /** Decodes cp.async.mbarrier.arrive after its first three words. */
  static void arriveCopies(OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    boolean noIncrement = opcode.accept("noinc");
    add(
        noIncrement
            ? MbarrierOperation.Action.ARRIVE_COPIES_NO_INCREMENT
            : MbarrierOperation.Action.ARRIVE_COPIES,
        opcode,
        operands,
        new Shape(-1, 0, -1),
        assembler);
  }
}
