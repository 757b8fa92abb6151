package dev.phoenix.ptx.emulator;

/** A trap, or a device assertion that failed. */
final class TrapOperation extends Operation {
  TrapOperation() {
    costing(InstructionClass.CONTROL);
  }

  @Override
  void execute(Warp warp, int mask) {
    throw fault(
        warp,
        Integer.numberOfTrailingZeros(mask),
        EmulatorFault.Kind.TRAP,
        "the kernel trapped, or an assertion in it failed");
  }
}
