package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.BasicBlock;
import java.util.Map;

/** A direct branch. */
final class BranchOperation extends Operation {
  private final BasicBlock block;
  private int target;

  BranchOperation(BasicBlock block) {
    this.block = block;
    costing(InstructionClass.CONTROL);
  }

  @Override
  void link(Map<BasicBlock, Integer> starts) {
    target = starts.getOrDefault(block, -1);
  }

  @Override
  void execute(Warp warp, int mask) {
    warp.branch(target, mask, this);
  }
}
