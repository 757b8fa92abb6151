package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * Copies cached keys and values of any number of histories, in all layers, into one batch for
 * {@link CandidateAttentionKernel}, in one launch.
 */
public final class GatherKeyValuesKernel {
  private static final int THREADS = 256;
  private static final int PER_THREAD = 4;
  private static final int WIDE_BYTES = 16;
  private static final int ANY_BYTES = 4;

  /** Maximum grid size in y. */
  private static final int MAX_PIECES = 65535;

  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device. */
  public GatherKeyValuesKernel(KernelLibrary library) {
    this.wide = library.kernel("gather_key_values", "gather_key_values");
    this.any = library.kernel("gather_key_values", "gather_key_values_any");
  }

  /**
   * Copies the histories of {@code table}. The launch depends only on the memory and sizes in
   * {@code placed}, so a captured graph works for every table with the same memory and sizes.
   *
   * @throws IllegalArgumentException when {@code placed} is too small for {@code table}
   */
  public void launch(LaunchTarget target, KeptHistoryTable table, KeptHistoryTable.Placed placed) {
    Check.between("histories", placed.count(), table.count(), Integer.MAX_VALUE);
    Check.between("longest history", placed.longest(), table.longest(), Integer.MAX_VALUE);
    DeviceMemory memory = placed.memory();
    Check.holdsBytes(
        "table",
        memory,
        KeptHistoryTable.byteSize(placed.count()),
        "histories[" + placed.count() + "]");
    Check.beginsAligned("table", memory);
    if (placed.count() == 0 || placed.longest() == 0) {
      return;
    }
    AttentionHeads heads = table.heads();
    int headBytes = heads.headSize() * Short.BYTES;
    boolean vectors = headBytes % WIDE_BYTES == 0 && table.isAligned();
    int headSize = headBytes / (vectors ? WIDE_BYTES : ANY_BYTES);
    long pieces = Math.ceilDiv((long) placed.longest() * headSize, THREADS * PER_THREAD);
    Check.between("pieces of the longest history", pieces, 1, MAX_PIECES);
    target.launch(
        vectors ? wide : any,
        LaunchShape.of(
            Extent.of(placed.count(), (int) pieces, 2 * heads.keyHeads()), Extent.of(THREADS)),
        KernelArguments.builder().pointer(memory).i32(headSize).build());
  }
}
