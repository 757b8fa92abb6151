package dev.phoenix.ptx.emulator;

/**
 * An operation that applies a scalar function to each active lane; {@link LaneLoops} generates its
 * subclasses.
 */
abstract class LaneOperation extends Operation {
  /** Index of lane 0 of the result register. */
  protected final int target;

  /** Indices of lane 0 of the operand registers. */
  protected final int a;

  protected final int b;
  protected final int c;
  protected final int d;

  LaneOperation(int[] slots) {
    this.target = slots[0];
    this.a = slots.length > 1 ? slots[1] : 0;
    this.b = slots.length > 2 ? slots[2] : 0;
    this.c = slots.length > 3 ? slots[3] : 0;
    this.d = slots.length > 4 ? slots[4] : 0;
  }
}
