package dev.phoenix.ptx.emulator;

/** Indices into a warp's counters: the instruction classes first, then quantities. */
final class Counter {
  static final int GLOBAL_READ = InstructionClass.values().length;
  static final int GLOBAL_WRITTEN = GLOBAL_READ + 1;
  static final int SHARED_READ = GLOBAL_READ + 2;
  static final int SHARED_WRITTEN = GLOBAL_READ + 3;
  static final int TENSOR_FLOPS = GLOBAL_READ + 4;
  static final int WARP_INSTRUCTIONS = GLOBAL_READ + 5;
  static final int COUNT = GLOBAL_READ + 6;

  private Counter() {}
}
