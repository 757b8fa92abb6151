package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.LaunchShape.Extent;
import org.jspecify.annotations.Nullable;

/** An invalid action of a kernel, with kernel, PTX line, block and thread. */
public final class EmulatorFault extends DeviceException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** An access that no allocation contains. */
    OUT_OF_BOUNDS,
    /** An address that is not a multiple of the access's size. */
    MISALIGNED,
    /** An access to memory that was freed. */
    USE_AFTER_FREE,
    /** A store to constant memory or parameters. */
    READ_ONLY,
    /** A load of bytes nobody has written. */
    UNINITIALISED,
    /**
     * Unordered accesses of two threads to the same byte of shared memory, at least one of them a
     * write.
     */
    RACE,
    /** A barrier that not all threads of the warp or the block reach. */
    DIVERGENT_BARRIER,
    /** A warp-wide instruction that names lanes which do not execute it. */
    DIVERGENT_WARP,
    /** A trap or a failed device assertion. */
    TRAP,
    /**
     * The branch budget is exhausted: an endless loop, or a wait for a block that is not running.
     */
    BUDGET,
    /** A call through a pointer to something other than a function of the prototype. */
    INVALID_CALL,
    /** A misused mbarrier: not initialised, initialised twice, or more arrivals than expected. */
    INVALID_BARRIER,
    /** All live threads wait for each other. */
    DEADLOCK,
    /** An operand out of the range the ISA allows. */
    INVALID_OPERAND,
    /** Memory still allocated when the device was closed. */
    LEAK
  }

  /**
   * Location in a kernel.
   *
   * @param kernel entry name
   * @param line line of the PTX text, from 1
   * @param instruction its text
   * @param block index of the block
   * @param thread index of the first thread concerned
   */
  public record Location(String kernel, int line, String instruction, Index block, Index thread) {}

  /**
   * An index in three directions, from 0.
   *
   * @param x fastest varying
   * @param y second
   * @param z slowest
   */
  public record Index(int x, int y, int z) {
    static Index of(long linear, Extent size) {
      long row = linear / size.x();
      return new Index((int) (linear % size.x()), (int) (row % size.y()), (int) (row / size.y()));
    }

    @Override
    public String toString() {
      return "(" + x + "," + y + "," + z + ")";
    }
  }

  private final Kind kind;
  private final transient @Nullable Location location;

  EmulatorFault(Kind kind, Location location, String detail) {
    super(
        "launch of " + location.kernel(),
        kind.name(),
        detail
            + "\n  at PTX line "
            + location.line()
            + ": "
            + location.instruction()
            + "\n  by thread "
            + location.thread()
            + " of block "
            + location.block());
    this.kind = kind;
    this.location = location;
  }

  EmulatorFault(Kind kind, String call, String detail) {
    super(call, kind.name(), detail);
    this.kind = kind;
    this.location = null;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The location; null if the fault was not in a kernel. */
  public @Nullable Location location() {
    return location;
  }
}
