package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.BasicBlock;
import java.util.List;
import java.util.Map;

/** A branch through a table; lanes with the same index branch together. */
final class IndexedBranchOperation extends Operation {
  private final int selector;
  private final List<BasicBlock> blocks;
  private final int[] targets;

  IndexedBranchOperation(int selector, List<BasicBlock> blocks) {
    this.selector = selector;
    this.blocks = List.copyOf(blocks);
    this.targets = new int[blocks.size()];
    costing(InstructionClass.CONTROL);
  }

  @Override
  void link(Map<BasicBlock, Integer> starts) {
    for (int i = 0; i < targets.length; i++) {
      targets[i] = starts.getOrDefault(blocks.get(i), -1);
    }
  }

  @Override
  void execute(Warp warp, int mask) {
    int first = Integer.numberOfTrailingZeros(mask);
    int chosen = warp.words[selector + first];
    if (chosen < 0 || chosen >= targets.length) {
      throw fault(
          warp,
          first,
          EmulatorFault.Kind.INVALID_OPERAND,
          "index " + chosen + " of a table with " + targets.length + " targets");
    }
    int together = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      if (warp.words[selector + lane] == chosen) {
        together |= 1 << lane;
      }
    }
    if (together != mask) {
      warp.defer(this, mask & ~together, together);
    }
    warp.branch(targets[chosen], together, this);
  }
}
