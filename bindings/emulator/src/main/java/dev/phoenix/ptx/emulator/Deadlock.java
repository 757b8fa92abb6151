package dev.phoenix.ptx.emulator;

import java.util.ArrayList;
import java.util.List;

/** Detects and describes deadlocks: all live threads wait for each other. */
final class Deadlock {
  /**
   * Rounds without progress after which a deadlock is reported. A round runs every warp until it
   * waits or polls without success; several rounds distinguish slow polling from a deadlock.
   */
  static final int MAX_IDLE_ROUNDS = 1000;

  private static final int MAX_LISTED = 8;

  private Deadlock() {}

  /** Whether no thread of the block waits for another block, which could still end the wait. */
  static boolean isInside(Block block) {
    boolean paused = false;
    for (Warp warp : block.warps) {
      if (warp.pausedAt() != null) {
        paused = true;
        if (warp.pausedFor() == Warp.Wait.GRID) {
          return false;
        }
      }
    }
    return paused;
  }

  /** The fault of a block whose threads wait for each other. */
  static EmulatorFault of(Block block) {
    return fault(List.of(block), "", 0);
  }

  /** The fault of blocks of a cooperative launch that wait for each other. */
  static EmulatorFault of(List<Block> blocks) {
    List<String> ended = new ArrayList<>();
    List<Block> left = new ArrayList<>();
    for (Block block : blocks) {
      if (block.liveWarps() == 0) {
        ended.add(EmulatorFault.Index.of(block.linear, block.grid.shape.grid()).toString());
      } else {
        left.add(block);
      }
    }
    int listed = Math.min(MAX_LISTED, ended.size());
    String gone =
        ended.isEmpty()
            ? ""
            : "block "
                + String.join(", ", ended.subList(0, listed))
                + (listed < ended.size() ? ", ... " : "")
                + " ended without it; ";
    return fault(left, gone, ended.size());
  }

  private static EmulatorFault fault(List<Block> left, String gone, int ended) {
    StringBuilder text = new StringBuilder();
    Warp first = null;
    Operation place = null;
    for (Block block : left) {
      for (Warp warp : block.warps) {
        Operation at = warp.pausedAt();
        if (at != null && first == null) {
          first = warp;
          place = at;
        }
      }
    }
    if (first == null || place == null) {
      return left.getFirst().barriers.stuck();
    }
    boolean grid = first.pausedFor() == Warp.Wait.GRID;
    text.append(grid ? "waits for other blocks, as at a grid barrier: " : "").append(gone);
    text.append("of ")
        .append(left.size() + ended)
        .append(ended + left.size() == 1 ? " block" : " blocks");
    text.append(", ").append(left.size()).append(" wait: ");
    describe(left, text);
    text.append("no thread that is left can end the wait");
    return place.fault(
        first,
        Integer.numberOfTrailingZeros(first.pausedLanes()),
        EmulatorFault.Kind.DEADLOCK,
        text.toString());
  }

  private static void describe(List<Block> left, StringBuilder text) {
    int listed = 0;
    for (Block block : left) {
      for (Warp warp : block.warps) {
        Operation at = warp.pausedAt();
        if ((at != null || warp.state == Warp.State.WAITING) && listed++ < MAX_LISTED) {
          Operation where = at != null ? at : warp.program.code()[warp.next - 1];
          text.append("warp ").append(warp.number).append(" of block ");
          text.append(EmulatorFault.Index.of(block.linear, block.grid.shape.grid()));
          text.append(" at PTX line ").append(where.line).append("; ");
        }
      }
    }
  }
}
