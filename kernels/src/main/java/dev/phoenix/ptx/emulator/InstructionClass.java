package dev.phoenix.ptx.emulator;

/** What kind of unit executes an instruction: the rows of the cost model. */
public enum InstructionClass {
  /** Matrix multiply-accumulate. */
  TENSOR(0),
  /** Floating-point add, multiply, fused multiply-add and comparison, of any width. */
  FLOAT(1),
  /** Approximations: exponential, logarithm, reciprocal, square root, sine, tanh. */
  SPECIAL(2),
  /** Integer and logic. */
  INTEGER(3),
  /** Conversions between types. */
  CONVERT(4),
  /** Moves, selections, address conversions, reads of special registers. */
  MOVE(5),
  /** Branches and exits. */
  CONTROL(6),
  /** Loads and stores of global, constant, parameter and generic addresses; cp.async. */
  GLOBAL(7),
  /** Loads and stores of shared memory, ldmatrix. */
  SHARED(8),
  /** Loads and stores of local memory. */
  LOCAL(9),
  /** Atomics. */
  ATOMIC(10),
  /** Shuffles, votes, matches, warp reductions. */
  WARP(11),
  /** Barriers, fences, waits. */
  BARRIER(12);

  private final int index;

  InstructionClass(int index) {
    this.index = index;
  }

  /** Its place among a warp's counters. */
  int index() {
    return index;
  }
}
