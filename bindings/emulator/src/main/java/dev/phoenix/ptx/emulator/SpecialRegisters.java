package dev.phoenix.ptx.emulator;

import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import java.util.Map;
import java.util.Set;

/** The special registers that are constant while a block runs (section Special Registers). */
final class SpecialRegisters {
  private static final Set<String> NAMES =
      Set.of(
          "%tid.x",
          "%tid.y",
          "%tid.z",
          "%ntid.x",
          "%ntid.y",
          "%ntid.z",
          "%ctaid.x",
          "%ctaid.y",
          "%ctaid.z",
          "%nctaid.x",
          "%nctaid.y",
          "%nctaid.z",
          "%laneid",
          "%warpid",
          "%nwarpid",
          "%smid",
          "%nsmid",
          "%gridid",
          "%lanemask_eq",
          "%lanemask_lt",
          "%lanemask_le",
          "%lanemask_gt",
          "%lanemask_ge",
          "%envreg1",
          "%envreg2",
          "%dynamic_smem_size",
          "%total_smem_size");

  private static final Set<String> CLOCKS =
      Set.of("%clock", "%clock_hi", "%clock64", "%globaltimer");

  private SpecialRegisters() {}

  static boolean isKnown(String name) {
    return NAMES.contains(name);
  }

  static boolean isClock(String name) {
    return CLOCKS.contains(name);
  }

  /** Writes the values of a warp's threads to the slots of the special registers. */
  static void fill(Warp warp) {
    for (Map.Entry<Integer, String> entry : warp.program.specialRegisters().entrySet()) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        warp.words[entry.getKey() + lane] = value(warp, lane, entry.getValue());
      }
    }
  }

  private static int value(Warp warp, int lane, String name) {
    LaunchShape shape = warp.block.grid.shape;
    int dot = name.indexOf('.');
    if (dot > 0) {
      return component(warp, lane, name.substring(1, dot), name.charAt(dot + 1));
    }
    int bit = 1 << lane;
    return switch (name) {
      case "%laneid" -> lane;
      case "%warpid" -> warp.number;
      case "%nwarpid" -> warp.block.warps.length;
      case "%smid" -> (int) (warp.block.linear % EmulatedDevice.MULTIPROCESSORS);
      case "%nsmid" -> EmulatedDevice.MULTIPROCESSORS;
      case "%gridid" -> 1;
      case "%lanemask_eq" -> bit;
      case "%lanemask_lt" -> bit - 1;
      case "%lanemask_le" -> bit | (bit - 1);
      case "%lanemask_ge" -> -bit;
      case "%lanemask_gt" -> -bit & ~bit;
      // Halves of the pointer to the grid barrier of cooperative_groups.
      case "%envreg1" -> (int) (warp.block.grid.barrierAddress() >>> Integer.SIZE);
      case "%envreg2" -> (int) warp.block.grid.barrierAddress();
      case "%dynamic_smem_size" -> shape.dynamicSharedBytes();
      case "%total_smem_size" -> warp.block.grid.sharedBytes();
      default -> throw new IllegalStateException(name);
    };
  }

  private static int component(Warp warp, int lane, String name, char direction) {
    LaunchShape shape = warp.block.grid.shape;
    EmulatorFault.Index thread =
        EmulatorFault.Index.of(warp.number * Warp.LANES + lane, shape.block());
    EmulatorFault.Index block = EmulatorFault.Index.of(warp.block.linear, shape.grid());
    return switch (name) {
      case "tid" -> pick(thread.x(), thread.y(), thread.z(), direction);
      case "ctaid" -> pick(block.x(), block.y(), block.z(), direction);
      case "ntid" -> pick(shape.block(), direction);
      case "nctaid" -> pick(shape.grid(), direction);
      default -> throw new IllegalStateException(name);
    };
  }

  private static int pick(Extent extent, char direction) {
    return pick(extent.x(), extent.y(), extent.z(), direction);
  }

  private static int pick(int x, int y, int z, char direction) {
    return direction == 'x' ? x : direction == 'y' ? y : z;
  }
}
