package dev.phoenix.ptx.emulator;

/** A trap, or a device assertion that failed. */
final class TrapOperation extends Operation {
  TrapOperation() {
    costing(InstructionClass.CONTROL);
  }

  private static boolean hint(Warp warp) {
    return warp.block.grid.barrierAddress() == 0
        && warp.program.specialRegisters().containsValue("%envreg1");
  }

  @Override
  void execute(Warp warp, int mask) {
    throw fault(
        warp,
        Integer.numberOfTrailingZeros(mask),
        EmulatorFault.Kind.TRAP,
        "the kernel trapped, or an assertion in it failed"
            + (hint(warp)
                ? "; a grid barrier needs a cooperative launch (LaunchShape.cooperative)"
                : ""));
  }
}
