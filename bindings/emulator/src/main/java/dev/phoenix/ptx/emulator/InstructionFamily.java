package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;

/**
 * Decodes the instructions of some mnemonics. New families (Hopper's wgmma, bulk copies) are added
 * to {@link Families}; nothing else changes.
 */
@FunctionalInterface
interface InstructionFamily {
  /**
   * Adds the operations of an instruction.
   *
   * @throws dev.phoenix.ptx.PtxException on a modifier or an operand it does not know
   */
  void decode(Instruction instruction, Assembler assembler);
}
