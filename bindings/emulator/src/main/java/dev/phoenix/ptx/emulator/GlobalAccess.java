package dev.phoenix.ptx.emulator;

/**
 * Translates generic addresses of global memory to native ones and checks bounds, alignment,
 * liveness, writability and initialisation. One instance per instruction, which caches the last
 * allocation.
 */
final class GlobalAccess {
  private static final Allocation NONE = new Allocation(0, 1, "nothing", Allocation.Kind.READ_ONLY);

  static {
    NONE.live = false; // so that even address 0 is looked up
  }

  private Allocation last = NONE;

  /**
   * Checks addresses and translates them in place.
   *
   * @param addresses per lane; native on return
   * @param bytes of one lane's access: 1, 2, 4, 8 or 16
   */
  void resolve(Warp warp, int mask, long[] addresses, int bytes, Access access, Operation at) {
    Allocation hit = last;
    long base = hit.base;
    long limit = hit.byteSize - bytes;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long offset = addresses[lane] - base;
      if (offset < 0 || offset > limit || !hit.live) {
        hit = find(warp, lane, addresses[lane], bytes, at);
        base = hit.base;
        limit = hit.byteSize - bytes;
        offset = addresses[lane] - base;
      }
      if ((offset & (bytes - 1)) != 0) {
        throw misaligned(warp, lane, addresses[lane], bytes, at);
      }
      if (access.writes()) {
        checkWritable(hit, warp, lane, at);
      }
      if (hit.shadow != 0) {
        track(hit, offset, bytes, access, warp, lane, at);
      }
      addresses[lane] = hit.nativeBase + offset;
    }
    last = hit;
  }

  static EmulatorFault misaligned(Warp warp, int lane, long address, int bytes, Operation at) {
    return at.fault(
        warp,
        lane,
        EmulatorFault.Kind.MISALIGNED,
        "address 0x" + Long.toHexString(address) + " is not a multiple of " + bytes);
  }

  private static Allocation find(Warp warp, int lane, long address, int bytes, Operation at) {
    GlobalMemory memory = warp.block.grid.memory;
    Allocation found = memory.below(address);
    if (found == null || address - found.base > found.byteSize - bytes) {
      throw at.fault(warp, lane, EmulatorFault.Kind.OUT_OF_BOUNDS, memory.describe(address, bytes));
    }
    if (!found.live) {
      throw at.fault(warp, lane, EmulatorFault.Kind.USE_AFTER_FREE, found.label + " was freed");
    }
    return found;
  }

  private static void checkWritable(Allocation hit, Warp warp, int lane, Operation at) {
    if (!hit.writable) {
      throw at.fault(warp, lane, EmulatorFault.Kind.READ_ONLY, hit.label + " must not be written");
    }
  }

  private static void track(
      Allocation hit, long offset, int bytes, Access access, Warp warp, int lane, Operation at) {
    if (access.reads() && !hit.isWritten(offset, bytes)) {
      throw at.fault(
          warp,
          lane,
          EmulatorFault.Kind.UNINITIALISED,
          "nobody has written byte " + hit.firstUnwritten(offset, bytes) + " of " + hit.label);
    }
    if (access.writes()) {
      hit.setWritten(offset, bytes);
    }
  }
}
