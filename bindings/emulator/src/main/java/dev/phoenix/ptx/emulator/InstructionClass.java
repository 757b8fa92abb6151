package dev.phoenix.ptx.emulator;

/** Instruction classes of the cost model, by execution unit. */
public enum InstructionClass {
  /** Matrix multiply-accumulate. */
  TENSOR(0),
  /** Fused floating-point multiply-add, of any width. */
  FMA(1),
  /** Floating-point add, multiply and comparison, of any width. */
  FLOAT(2),
  /** Approximations: exponential, logarithm, reciprocal, square root, sine, tanh. */
  SPECIAL(3),
  /** Integer and logic. */
  INTEGER(4),
  /** Conversions between types. */
  CONVERT(5),
  /** Moves, selections, address conversions, reads of special registers. */
  MOVE(6),
  /** Branches and exits. */
  CONTROL(7),
  /** Loads and stores of global, constant, parameter and generic addresses; cp.async. */
  GLOBAL(8),
  /** Loads and stores of shared memory, ldmatrix. */
  SHARED(9),
  /** Loads and stores of local memory. */
  LOCAL(10),
  /** Atomics. */
  ATOMIC(11),
  /** Shuffles, votes, matches, warp reductions. */
  WARP(12),
  /** Barriers, fences, waits. */
  BARRIER(13);

  private final int index;

  InstructionClass(int index) {
    this.index = index;
  }

  /** Its index among a warp's counters. */
  int index() {
    return index;
  }
}
