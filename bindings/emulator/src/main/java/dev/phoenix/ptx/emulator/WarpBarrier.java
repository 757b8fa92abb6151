package dev.phoenix.ptx.emulator;

/** bar.warp.sync. */
final class WarpBarrier extends ConvergentOperation {
  WarpBarrier(int members) {
    super(members);
    costing(InstructionClass.BARRIER);
  }

  @Override
  void together(Warp warp, int mask, int members) {
    warp.block.clocks.advance(warp.number);
  }
}
