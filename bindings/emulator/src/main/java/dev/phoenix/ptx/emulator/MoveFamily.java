package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;

/** mov in all its forms, cvta and isspacep (section Data Movement and Conversion). */
final class MoveFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    List<Operand> operands = instruction.operands();
    if (operands.size() != 2) {
      throw assembler.error("takes two operands");
    }
    switch (instruction.mnemonic()) {
      case "cvta" -> convertAddress(opcode, operands, assembler);
      case "isspacep" -> {
        String space = opcode.oneOf("global", "shared", "local", "const");
        opcode.end();
        int target = assembler.target(operands.getFirst(), boolean.class);
        int address = assembler.source(operands.get(1), long.class);
        assembler.add(new SpaceTest(space, target, address));
      }
      default -> move(instruction, opcode, assembler);
    }
  }

  private static void convertAddress(
      OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    boolean toSpace = opcode.accept("to");
    String space = opcode.oneOf("global", "shared", "local", "const", "param", "shared::cta");
    opcode.expect("u64");
    opcode.end();
    long window =
        switch (space) {
          case "shared", "shared::cta" -> GlobalMemory.SHARED_WINDOW;
          case "local" -> GlobalMemory.LOCAL_WINDOW;
          default -> 0;
        };
    assembler.addScalar(
        Semantics.get("add.s64"),
        assembler.target(operands.getFirst(), long.class),
        assembler.source(operands.get(1), long.class),
        assembler.slots().constant(toSpace ? -window : window));
  }

  private static void move(Instruction instruction, OpcodeReader opcode, Assembler assembler) {
    List<Operand> operands = instruction.operands();
    ScalarType type = opcode.type();
    opcode.end();
    if (type == ScalarType.PRED) {
      int target = assembler.target(operands.getFirst(), boolean.class);
      int source = assembler.source(operands.get(1), boolean.class);
      assembler.add(new PredicateOperation(PredicateOperation.Logic.MOVE, target, source, source));
    } else if (operands.getFirst() instanceof Operand.Vector(List<Operand> parts)) {
      unpack(parts, operands.get(1), type, assembler);
    } else if (operands.get(1) instanceof Operand.Vector(List<Operand> parts)) {
      pack(operands.getFirst(), parts, type, assembler);
    } else if (operands.get(1) instanceof Operand.Name(String name)
        && SpecialRegisters.isClock(name)) {
      boolean wide = type.bits() == 64;
      Class<?> java = wide ? long.class : int.class;
      assembler.add(new ClockOperation(assembler.target(operands.getFirst(), java), wide));
    } else {
      assembler.addScalar(Semantics.get("mov." + type), operands);
    }
  }

  private static void unpack(
      List<Operand> parts, Operand whole, ScalarType type, Assembler assembler) {
    if (type == ScalarType.B32 && parts.size() == 2) {
      int source = assembler.source(whole, int.class);
      half(parts.getFirst(), "unpack.lo.b32", source, assembler);
      half(parts.get(1), "unpack.hi.b32", source, assembler);
    } else if (type == ScalarType.B64 && parts.size() == 2) {
      int source = assembler.source(whole, long.class);
      word(parts.getFirst(), "unpack.lo.b64", source, assembler);
      word(parts.get(1), "unpack.hi.b64", source, assembler);
    } else if (type == ScalarType.B64 && parts.size() == 4) {
      int source = assembler.source(whole, long.class);
      int low = assembler.temporaryWord(0);
      int high = assembler.temporaryWord(1);
      assembler.addScalar(Semantics.get("unpack.lo.b64"), low, source);
      assembler.addScalar(Semantics.get("unpack.hi.b64"), high, source);
      half(parts.getFirst(), "unpack.lo.b32", low, assembler);
      half(parts.get(1), "unpack.hi.b32", low, assembler);
      half(parts.get(2), "unpack.lo.b32", high, assembler);
      half(parts.get(3), "unpack.hi.b32", high, assembler);
    } else {
      throw assembler.error("unknown form of a vector move");
    }
  }

  private static void half(Operand part, String opcode, int source, Assembler assembler) {
    if (!(part instanceof Operand.Sink)) {
      assembler.addScalar(Semantics.get(opcode), assembler.target(part, char.class), source);
    }
  }

  private static void word(Operand part, String opcode, int source, Assembler assembler) {
    if (!(part instanceof Operand.Sink)) {
      assembler.addScalar(Semantics.get(opcode), assembler.target(part, int.class), source);
    }
  }

  private static void pack(
      Operand whole, List<Operand> parts, ScalarType type, Assembler assembler) {
    if (type == ScalarType.B32 && parts.size() == 2) {
      int target = assembler.target(whole, int.class);
      packHalves(target, parts.getFirst(), parts.get(1), assembler);
    } else if (type == ScalarType.B64 && parts.size() == 2) {
      assembler.addScalar(
          Semantics.get("pack.b64"),
          assembler.target(whole, long.class),
          assembler.source(parts.getFirst(), int.class),
          assembler.source(parts.get(1), int.class));
    } else if (type == ScalarType.B64 && parts.size() == 4) {
      int low = assembler.temporaryWord(0);
      int high = assembler.temporaryWord(1);
      packHalves(low, parts.getFirst(), parts.get(1), assembler);
      packHalves(high, parts.get(2), parts.get(3), assembler);
      int target = assembler.target(whole, long.class);
      assembler.addScalar(Semantics.get("pack.b64"), target, low, high);
    } else {
      throw assembler.error("unknown form of a vector move");
    }
  }

  private static void packHalves(int target, Operand low, Operand high, Assembler assembler) {
    assembler.addScalar(
        Semantics.get("pack.b32"),
        target,
        assembler.source(low, char.class),
        assembler.source(high, char.class));
  }
}
