package dev.phoenix.ptx.emulator;

/**
 * Options of the emulated device.
 *
 * @param checks optional checks; bounds, alignment, liveness and barriers are always checked
 * @param workers number of threads that execute blocks; with 1, the order of atomics is
 *     reproducible
 * @param branchBudget branches that a warp may execute before it is reported as an endless loop
 * @param memoryBytes device memory
 */
public record EmulatorOptions(Checks checks, int workers, long branchBudget, long memoryBytes) {
  /**
   * Optional checks, which cost time or memory.
   *
   * @param initialised checks for loads of uninitialised bytes of global or shared memory
   * @param races checks for unordered accesses to the same byte of shared memory
   */
  public record Checks(boolean initialised, boolean races) {
    /** Everything. */
    public static final Checks ALL = new Checks(true, true);

    /** Nothing. */
    public static final Checks NONE = new Checks(false, false);
  }

  /** Checks the numbers. */
  public EmulatorOptions {
    if (workers < 1 || branchBudget < 1 || memoryBytes < 1) {
      throw new IllegalArgumentException("workers, budget and memory are at least 1");
    }
  }

  /** All checks, all cores, 16 GiB of memory. */
  public static EmulatorOptions strict() {
    return new EmulatorOptions(
        Checks.ALL, Runtime.getRuntime().availableProcessors(), 100_000_000L, 16L << 30);
  }

  /** A copy with other checks. */
  public EmulatorOptions withChecks(Checks other) {
    return new EmulatorOptions(other, workers, branchBudget, memoryBytes);
  }

  /** A copy with another number of threads. */
  public EmulatorOptions withWorkers(int count) {
    return new EmulatorOptions(checks, count, branchBudget, memoryBytes);
  }

  /** A copy with another branch budget. */
  public EmulatorOptions withBranchBudget(long branches) {
    return new EmulatorOptions(checks, workers, branches, memoryBytes);
  }
}
