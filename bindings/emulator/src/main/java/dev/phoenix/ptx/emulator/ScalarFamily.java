package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import java.lang.reflect.Method;

/** Instructions implemented by one scalar method that takes the operands in order. */
final class ScalarFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    Method method = Semantics.find(instruction.opcode());
    if (method == null || !isPtx(instruction.mnemonic())) {
      throw assembler.error("unknown instruction or modifier");
    }
    assembler.addScalar(method, instruction.operands());
  }

  /** Whether it is a PTX mnemonic and not one of the decoder's internal operations. */
  private static boolean isPtx(String mnemonic) {
    return switch (mnemonic) {
      case "unpack", "pack", "carry", "extend", "widen", "narrow", "cut", "saturate" -> false;
      default -> true;
    };
  }
}
