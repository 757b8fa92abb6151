package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.BasicBlock;
import java.util.Map;

/** A decoded instruction, shared by all warps that run its kernel. */
abstract class Operation {
  /** Line of the PTX text; set by the assembler. */
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
   * Executes for the lanes of a non-empty mask. {@code warp.next} already points to the next
   * operation.
   */
  abstract void execute(Warp warp, int mask);

  /**
   * Resolves branch targets, after all code is generated.
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
