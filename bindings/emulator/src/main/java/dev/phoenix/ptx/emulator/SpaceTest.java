package dev.phoenix.ptx.emulator;

/** isspacep: tests whether a generic address is in a window. */
final class SpaceTest extends Operation {
  private final String space;
  private final int target;
  private final int address;

  SpaceTest(String space, int target, int address) {
    this.space = space;
    this.target = target;
    this.address = address;
  }

  @Override
  void execute(Warp warp, int mask) {
    int bits = 0;
    for (int lane = 0; lane < Warp.LANES; lane++) {
      long value = warp.longs[address + lane];
      boolean shared = MemoryOperation.inWindow(value, GlobalMemory.SHARED_WINDOW);
      boolean local = MemoryOperation.inWindow(value, GlobalMemory.LOCAL_WINDOW);
      boolean inside =
          switch (space) {
            case "shared" -> shared;
            case "local" -> local;
            default -> !shared && !local;
          };
      bits |= inside ? 1 << lane : 0;
    }
    warp.predicates[target] = (warp.predicates[target] & ~mask) | (bits & mask);
  }
}
