package dev.phoenix.ptx.emulator;

/** exit: ends threads. */
final class ExitOperation extends Operation {
  ExitOperation() {
    costing(InstructionClass.CONTROL);
  }

  @Override
  void execute(Warp warp, int mask) {
    warp.exit(mask, this);
  }
}
