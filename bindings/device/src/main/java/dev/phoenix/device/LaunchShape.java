package dev.phoenix.device;

/**
 * The shape of a launch.
 *
 * @param grid blocks in each direction
 * @param block threads in each direction
 * @param dynamicSharedBytes dynamic shared memory per block
 * @param scheduling whether blocks may wait for each other
 */
public record LaunchShape(
    Extent grid, Extent block, int dynamicSharedBytes, Scheduling scheduling) {
  /** Scheduling of the blocks of a grid. */
  public enum Scheduling {
    /**
     * Blocks run in any order and not necessarily at the same time: no block may wait for another.
     */
    INDEPENDENT,
    /**
     * All blocks are resident at once, so that they may use a grid barrier ({@code
     * cooperative_groups}' {@code grid.sync()}). A grid that does not fit on the device is refused.
     */
    COOPERATIVE
  }

  /** Checks the limits that hold on every device. */
  public LaunchShape {
    if (block.count() > 1024) {
      throw new IllegalArgumentException("a block has at most 1024 threads, not " + block);
    }
    if (dynamicSharedBytes < 0) {
      throw new IllegalArgumentException("negative dynamic shared memory: " + dynamicSharedBytes);
    }
  }

  /** One-dimensional: {@code blocks} blocks of {@code threads} threads. */
  public static LaunchShape of(int blocks, int threads) {
    return new LaunchShape(Extent.of(blocks), Extent.of(threads), 0, Scheduling.INDEPENDENT);
  }

  /** Any grid and block, no dynamic shared memory. */
  public static LaunchShape of(Extent grid, Extent block) {
    return new LaunchShape(grid, block, 0, Scheduling.INDEPENDENT);
  }

  /** Enough blocks of {@code threads} threads for {@code items}, one thread each; at least one. */
  public static LaunchShape covering(int items, int threads) {
    return of(Math.max(1, Math.ceilDiv(items, threads)), threads);
  }

  /** The same shape with dynamic shared memory. */
  public LaunchShape withDynamicShared(int byteSize) {
    return new LaunchShape(grid, block, byteSize, scheduling);
  }

  /** The same shape as a cooperative launch: all blocks run at once. */
  public LaunchShape cooperative() {
    return new LaunchShape(grid, block, dynamicSharedBytes, Scheduling.COOPERATIVE);
  }

  /**
   * A size in three directions, each at least 1.
   *
   * @param x fastest varying
   * @param y second
   * @param z slowest
   */
  public record Extent(int x, int y, int z) {
    /** Checks the sizes. */
    public Extent {
      if (x < 1 || y < 1 || z < 1) {
        throw new IllegalArgumentException(
            "every extent is at least 1: (" + x + ", " + y + ", " + z + ")");
      }
    }

    /** One-dimensional. */
    public static Extent of(int x) {
      return new Extent(x, 1, 1);
    }

    /** Two-dimensional. */
    public static Extent of(int x, int y) {
      return new Extent(x, y, 1);
    }

    /** Three-dimensional. */
    public static Extent of(int x, int y, int z) {
      return new Extent(x, y, z);
    }

    /** The product. */
    public long count() {
      return (long) x * y * z;
    }
  }
}
