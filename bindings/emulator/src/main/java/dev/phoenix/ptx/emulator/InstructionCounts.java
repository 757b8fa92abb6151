package dev.phoenix.ptx.emulator;

import java.util.EnumMap;
import java.util.Map;

/**
 * Counts of the instructions and bytes of a launch.
 *
 * @param kernel entry name
 * @param instructions executed thread instructions (a warp instruction with n active lanes counts
 *     n) by class
 * @param bytes bytes requested by its accesses, before caching and coalescing
 * @param warps executed warp instructions
 * @param tensorFlops number of multiplications and additions of its matrix instructions
 */
public record InstructionCounts(
    String kernel,
    Map<InstructionClass, Long> instructions,
    Bytes bytes,
    Warps warps,
    long tensorFlops) {
  /**
   * Bytes requested.
   *
   * @param globalRead from global, constant and parameter memory
   * @param globalWritten to global memory, atomics included
   * @param sharedRead from shared memory
   * @param sharedWritten to shared memory, atomics included
   */
  public record Bytes(long globalRead, long globalWritten, long sharedRead, long sharedWritten) {}

  /**
   * Warp instructions.
   *
   * @param instructions sum over all warps: the number of issue slots
   * @param longest maximum over the warps: a lower bound of the launch's length
   */
  public record Warps(long instructions, long longest) {}

  static InstructionCounts of(String kernel, long[] counts, long longest) {
    Map<InstructionClass, Long> map = new EnumMap<>(InstructionClass.class);
    for (InstructionClass unit : InstructionClass.values()) {
      map.put(unit, counts[unit.index()]);
    }
    Bytes bytes =
        new Bytes(
            counts[Counter.GLOBAL_READ],
            counts[Counter.GLOBAL_WRITTEN],
            counts[Counter.SHARED_READ],
            counts[Counter.SHARED_WRITTEN]);
    Warps warps = new Warps(counts[Counter.WARP_INSTRUCTIONS], longest);
    return new InstructionCounts(kernel, map, bytes, warps, counts[Counter.TENSOR_FLOPS]);
  }

  /** Executed thread instructions of a class. */
  public long of(InstructionClass unit) {
    return instructions.getOrDefault(unit, 0L);
  }

  /** All executed thread instructions. */
  public long total() {
    return instructions.values().stream().mapToLong(Long::longValue).sum();
  }
}
