package dev.phoenix.ptx.emulator;

/** activemask. */
final class ActiveMask extends Operation {
  private final int target;

  ActiveMask(int target) {
    this.target = target;
    costing(InstructionClass.WARP);
  }

  @Override
  void execute(Warp warp, int mask) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      warp.words[target + Integer.numberOfTrailingZeros(rest)] = mask;
    }
  }
}
