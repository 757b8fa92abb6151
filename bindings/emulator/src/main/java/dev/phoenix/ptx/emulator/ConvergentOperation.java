package dev.phoenix.ptx.emulator;

/**
 * A warp-synchronous operation of the lanes in a member mask. It waits for member lanes that have
 * diverged. A lane outside its own mask, or a member that never arrives, is a fault. Lanes with
 * different masks form separate groups.
 */
abstract class ConvergentOperation extends Operation {
  private final int members;

  /**
   * @param members register with the member mask
   */
  ConvergentOperation(int members) {
    this.members = members;
    costing(InstructionClass.WARP);
  }

  @Override
  final void execute(Warp warp, int mask) {
    int missing = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int named = warp.words[members + lane];
      if ((named >>> lane & 1) == 0) {
        throw fault(
            warp,
            lane,
            EmulatorFault.Kind.DIVERGENT_WARP,
            "the lane is not in its own member mask 0x" + Integer.toHexString(named));
      }
      missing |= named & warp.live & ~mask;
    }
    if ((missing & warp.active) != 0) {
      throw fault(
          warp,
          Integer.numberOfTrailingZeros(mask),
          EmulatorFault.Kind.DIVERGENT_WARP,
          "lanes " + Warp.lanes(missing & warp.active) + " are named but guarded off");
    }
    if (missing != 0) {
      warp.park(this, missing);
      return;
    }
    groups(warp, mask);
  }

  private void groups(Warp warp, int mask) {
    for (int rest = mask; rest != 0; ) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int named = warp.words[members + lane];
      int group = mask & named;
      for (int others = group; others != 0; others &= others - 1) {
        int other = Integer.numberOfTrailingZeros(others);
        if (warp.words[members + other] != named) {
          throw fault(
              warp,
              lane,
              EmulatorFault.Kind.DIVERGENT_WARP,
              "lane " + other + " is named but names others");
        }
      }
      together(warp, group, named);
      rest &= ~group;
    }
  }

  /**
   * Executes for a complete group.
   *
   * @param mask its lanes
   * @param members their member mask
   */
  abstract void together(Warp warp, int mask, int members);
}
