package dev.phoenix.ptx.emulator;

/**
 * How the emulated device behaves.
 *
 * @param checks what it checks beyond bounds, alignment, liveness and barriers, which it always
 *     does
 * @param workers threads that execute blocks; 1 makes the order of atomics reproducible
 * @param branchBudget branches a warp may take before it is taken to be endless
 * @param memoryBytes device memory
 */
public record EmulatorOptions(Checks checks, int workers, long branchBudget, long memoryBytes) {
  /**
   * Checks that cost time or memory.
   *
   * @param initialised loads of bytes of global or shared memory that nobody has written
   * @param races unordered accesses to the same byte of shared memory
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

  /** The same with other checks. */
  public EmulatorOptions withChecks(Checks other) {
    return new EmulatorOptions(other, workers, branchBudget, memoryBytes);
  }

  /** The same with another number of threads. */
  public EmulatorOptions withWorkers(int count) {
    return new EmulatorOptions(checks, count, branchBudget, memoryBytes);
  }

  /** The same with another branch budget. */
  public EmulatorOptions withBranchBudget(long branches) {
    return new EmulatorOptions(checks, workers, branches, memoryBytes);
  }
}
