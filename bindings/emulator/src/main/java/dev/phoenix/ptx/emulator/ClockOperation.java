package dev.phoenix.ptx.emulator;

/** Reads the clock: host time in nanoseconds. */
final class ClockOperation extends Operation {
  private final int target;
  private final boolean wide;

  ClockOperation(int target, boolean wide) {
    this.target = target;
    this.wide = wide;
  }

  @Override
  void execute(Warp warp, int mask) {
    long now = System.nanoTime();
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      if (wide) {
        warp.longs[target + lane] = now;
      } else {
        warp.words[target + lane] = (int) now;
      }
    }
  }
}
