package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.BasicBlock;
import java.util.Map;

/** A decoded instruction, shared by all warps that run its kernel. */
abstract class Operation {
  /** Where it stands and what it is: set by the assembler. */
  int line;

  String text = "";

  /** Its index in the kernel's code. */
  int index;

  /** The predicate that guards it, or -1. */
  int guard = -1;

  boolean guardNegated;

  InstructionClass cost = InstructionClass.MOVE;
  int costIndex = InstructionClass.MOVE.index();

  /**
   * Executes for the lanes of a mask, which is not empty; {@code warp.next} already points behind
   * this operation.
   */
  abstract void execute(Warp warp, int mask);

  /**
   * Learns where blocks start, once all code is there.
   *
   * @param starts index of the first operation of each block
   */
  void link(Map<BasicBlock, Integer> starts) {}

  final Operation costing(InstructionClass unit) {
    cost = unit;
    costIndex = unit.index();
    return this;
  }

  final EmulatorFault fault(Warp warp, int lane, EmulatorFault.Kind kind, String detail) {
    return new EmulatorFault(kind, warp.location(this, lane), detail);
  }
}
