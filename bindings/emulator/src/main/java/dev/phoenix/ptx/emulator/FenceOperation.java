package dev.phoenix.ptx.emulator;

import java.lang.invoke.VarHandle;

/** A memory fence. */
final class FenceOperation extends Operation {
  FenceOperation() {
    costing(InstructionClass.BARRIER);
  }

  @Override
  void execute(Warp warp, int mask) {
    VarHandle.fullFence();
  }
}
