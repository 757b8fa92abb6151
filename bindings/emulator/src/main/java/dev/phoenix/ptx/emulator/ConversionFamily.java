package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.lang.reflect.Method;
import java.util.List;

/** cvt. Conversions between integers read, saturate and extend; all others are scalar methods. */
final class ConversionFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    Method method = Semantics.find(instruction.opcode());
    if (method != null) {
      assembler.addScalar(method, adapt(instruction.operands(), method, assembler));
      return;
    }
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    boolean saturate = opcode.accept("sat");
    ScalarType to = opcode.type();
    ScalarType from = opcode.type();
    opcode.end();
    if (!isInteger(to) || !isInteger(from)) {
      throw assembler.error("unknown conversion");
    }
    List<Operand> operands = instruction.operands();
    int value = read(operands.get(1), from, assembler);
    if (saturate) {
      value = limit(value, from, to, assembler);
    }
    write(operands.getFirst(), to, value, assembler);
  }

  /** Takes the low bits of a source register that is wider than its 8-bit or 16-bit type. */
  private static List<Operand> adapt(List<Operand> operands, Method method, Assembler assembler) {
    if (operands.size() == 2
        && operands.get(1) instanceof Operand.Name
        && Assembler.bank(method.getParameterTypes()[0]) == SlotTable.Bank.WORD
        && assembler.registerType(operands.get(1)).bits() == 64) {
      throw assembler.error("a 64-bit register as a narrower source");
    }
    return operands;
  }

  private static boolean isInteger(ScalarType type) {
    return type.kind() == ScalarType.Kind.SIGNED || type.kind() == ScalarType.Kind.UNSIGNED;
  }

  private static boolean signed(ScalarType type) {
    return type.kind() == ScalarType.Kind.SIGNED;
  }

  /** Reads a value of a type as 64 bits. */
  private static int read(Operand operand, ScalarType type, Assembler assembler) {
    boolean wideRegister =
        operand instanceof Operand.Name && assembler.registerType(operand).bits() == 64;
    if (type.bits() == 64) {
      return assembler.source(operand, long.class);
    }
    int word;
    if (wideRegister) {
      word = assembler.temporaryWord(0);
      assembler.addScalar(Semantics.get("narrow"), word, assembler.source(operand, long.class));
    } else {
      word = assembler.source(operand, int.class);
    }
    return widen(word, type, assembler);
  }

  private static int widen(int word, ScalarType type, Assembler assembler) {
    int source = word;
    if (type.bits() < 32) {
      source = assembler.temporaryWord(1);
      assembler.addScalar(Semantics.get("extend." + type), source, word);
    }
    int wide = assembler.temporaryLong(0);
    assembler.addScalar(Semantics.get(signed(type) ? "widen.s" : "widen.u"), wide, source);
    return wide;
  }

  private static int limit(int value, ScalarType from, ScalarType to, Assembler assembler) {
    String piece;
    if (signed(to)) {
      piece = signed(from) ? "saturate.s.s" : "saturate.u.s";
    } else {
      piece = signed(from) ? "saturate.s.u" : "saturate.u";
    }
    if (to.bits() == 64 && signed(from) == signed(to)) {
      return value;
    }
    int limited = assembler.temporaryLong(1);
    int bits = assembler.slots().constant(to.bits());
    assembler.addScalar(Semantics.get(piece), limited, value, bits);
    return limited;
  }

  private static void write(Operand operand, ScalarType type, int value, Assembler assembler) {
    ScalarType register = assembler.registerType(operand);
    if (type.bits() == 64) {
      assembler.addScalar(Semantics.get("mov.b64"), assembler.target(operand, long.class), value);
      return;
    }
    int word = assembler.temporaryWord(2);
    assembler.addScalar(Semantics.get("narrow"), word, value);
    if (register.bits() == 64) {
      int wide = widen(word, type, assembler);
      assembler.addScalar(Semantics.get("mov.b64"), assembler.target(operand, long.class), wide);
    } else if (register.bits() == 16) {
      int extended = assembler.temporaryWord(3);
      assembler.addScalar(Semantics.get("extend." + type), extended, word);
      assembler.addScalar(Semantics.get("cut.16"), assembler.target(operand, int.class), extended);
    } else {
      assembler.addScalar(
          Semantics.get("extend." + type), assembler.target(operand, int.class), word);
    }
  }
}
