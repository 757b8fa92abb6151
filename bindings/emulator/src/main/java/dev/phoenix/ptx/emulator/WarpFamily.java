package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;

/**
 * Exchanges between the lanes of a warp (sections shfl.sync, vote.sync, match.sync, redux.sync).
 */
final class WarpFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    List<Operand> operands = instruction.operands();
    switch (instruction.mnemonic()) {
      case "shfl" -> shuffle(opcode, operands, assembler);
      case "vote" -> vote(opcode, operands, assembler);
      case "match" -> match(opcode, operands, assembler);
      case "redux" -> reduce(opcode, operands, assembler);
      default -> {
        opcode.expect("b32");
        opcode.end();
        assembler.add(new ActiveMask(assembler.target(operands.getFirst(), int.class)));
      }
    }
  }

  private static void shuffle(OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    opcode.expect("sync");
    String mode = opcode.oneOf("up", "down", "bfly", "idx");
    opcode.expect("b32");
    opcode.end();
    count(operands, 5, assembler);
    int predicate = -1;
    Operand target = operands.getFirst();
    if (target instanceof Operand.Pair(String first, String second)) {
      target = new Operand.Name(first);
      predicate = assembler.predicate(second);
    }
    ShuffleOperation.Registers registers =
        new ShuffleOperation.Registers(
            assembler.target(target, int.class),
            predicate,
            assembler.source(operands.get(1), int.class),
            assembler.source(operands.get(2), int.class),
            assembler.source(operands.get(3), int.class));
    int members = assembler.source(operands.get(4), int.class);
    assembler.add(new ShuffleOperation(mode, registers, members));
  }

  private static void vote(OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    opcode.expect("sync");
    String mode = opcode.oneOf("all", "any", "uni", "ballot");
    boolean ballot = mode.equals("ballot");
    opcode.expect(ballot ? "b32" : "pred");
    opcode.end();
    count(operands, 3, assembler);
    int source = assembler.source(operands.get(1), boolean.class);
    int members = assembler.source(operands.get(2), int.class);
    int target = assembler.target(operands.getFirst(), ballot ? int.class : boolean.class);
    assembler.add(new VoteOperation(mode, target, source, members));
  }

  private static void match(OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    boolean all = opcode.oneOf("any", "all").equals("all");
    opcode.expect("sync");
    ScalarType type = opcode.type();
    opcode.end();
    count(operands, 3, assembler);
    boolean wide = type == ScalarType.B64;
    if (!wide && type != ScalarType.B32) {
      throw opcode.unknown();
    }
    int predicate = -1;
    Operand target = operands.getFirst();
    if (all && target instanceof Operand.Pair(String first, String second)) {
      target = new Operand.Name(first);
      predicate = assembler.predicate(second);
    }
    int source = assembler.source(operands.get(1), wide ? long.class : int.class);
    int members = assembler.source(operands.get(2), int.class);
    assembler.add(
        new MatchOperation(
            new MatchOperation.Form(all, wide),
            assembler.target(target, int.class),
            predicate,
            source,
            members));
  }

  private static void reduce(OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    opcode.expect("sync");
    String operation = opcode.oneOf("add", "min", "max", "and", "or", "xor");
    ScalarType type = opcode.type();
    opcode.end();
    count(operands, 3, assembler);
    AtomicUpdates.Update update = AtomicUpdates.find(operation, type);
    if (update == null || type.bits() != 32 || type == ScalarType.F32) {
      throw assembler.error("no such reduction");
    }
    int target = assembler.target(operands.getFirst(), int.class);
    int source = assembler.source(operands.get(1), int.class);
    int members = assembler.source(operands.get(2), int.class);
    assembler.add(new ReduxOperation(update, target, source, members));
  }

  private static void count(List<Operand> operands, int expected, Assembler assembler) {
    if (operands.size() != expected) {
      throw assembler.error("takes " + expected + " operands, not " + operands.size());
    }
  }
}
