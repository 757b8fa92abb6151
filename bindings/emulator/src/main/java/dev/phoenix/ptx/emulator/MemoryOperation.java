package dev.phoenix.ptx.emulator;

import java.util.Locale;

/** An operation on memory. Translates addresses in a state space to native ones and checks them. */
abstract class MemoryOperation extends Operation {
  /** Interpretation of the address. */
  enum Space {
    /** Global and constant memory: generic addresses. */
    GLOBAL,
    /** Offsets into the block's shared memory. */
    SHARED,
    /** Offsets into the thread's local memory. */
    LOCAL,
    /** Generic addresses: the address window tells the space. */
    GENERIC
  }

  final Space space;
  final AddressOperand address;
  private final GlobalAccess global = new GlobalAccess();

  MemoryOperation(Space space, AddressOperand address) {
    this.space = space;
    this.address = address;
    costing(
        switch (space) {
          case SHARED -> InstructionClass.SHARED;
          case LOCAL -> InstructionClass.LOCAL;
          default -> InstructionClass.GLOBAL;
        });
  }

  /** The space that a modifier names; the empty string for generic addressing. */
  static Space space(String modifier) {
    return switch (modifier) {
      case "" -> Space.GENERIC;
      case "global", "const", "param" -> Space.GLOBAL;
      case "shared::cta" -> Space.SHARED;
      default -> Space.valueOf(modifier.toUpperCase(Locale.ROOT));
    };
  }

  /** Evaluates and checks the addresses; returns native ones, in the warp's scratch array. */
  final long[] resolve(Warp warp, int mask, int bytes, Access access) {
    long[] addresses = warp.addresses;
    address.evaluate(warp, mask, addresses);
    resolve(warp, mask, addresses, bytes, access);
    return addresses;
  }

  final void resolve(Warp warp, int mask, long[] addresses, int bytes, Access access) {
    switch (space) {
      case GLOBAL -> global(warp, mask, addresses, bytes, access);
      case SHARED -> shared(warp, mask, addresses, bytes, access);
      case LOCAL -> local(warp, mask, addresses, bytes);
      case GENERIC -> generic(warp, mask, addresses, bytes, access);
    }
  }

  private void global(Warp warp, int mask, long[] addresses, int bytes, Access access) {
    long total = (long) bytes * Integer.bitCount(mask);
    warp.counts[access.writes() ? Counter.GLOBAL_WRITTEN : Counter.GLOBAL_READ] += total;
    noteWrite(warp, access);
    global.resolve(warp, mask, addresses, bytes, access, this);
  }

  private void shared(Warp warp, int mask, long[] addresses, int bytes, Access access) {
    long total = (long) bytes * Integer.bitCount(mask);
    warp.counts[access.writes() ? Counter.SHARED_WRITTEN : Counter.SHARED_READ] += total;
    noteWrite(warp, access);
    warp.block.shared.resolve(warp, mask, addresses, bytes, access, this);
  }

  /**
   * Records that a store may end the wait of another thread. Atomics record their changes
   * themselves.
   */
  private static void noteWrite(Warp warp, Access access) {
    if (access.writes() && access != Access.ATOMIC) {
      warp.block.progress++;
    }
  }

  private void local(Warp warp, int mask, long[] addresses, int bytes) {
    int size = warp.program.localBytes();
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long offset = addresses[lane];
      if (offset < 0 || offset > size - bytes) {
        throw fault(
            warp,
            lane,
            EmulatorFault.Kind.OUT_OF_BOUNDS,
            bytes + " bytes at " + offset + " of " + size + " bytes of local memory");
      }
      if ((offset & (bytes - 1)) != 0) {
        throw GlobalAccess.misaligned(warp, lane, offset, bytes, this);
      }
      addresses[lane] = warp.local + (long) lane * size + offset;
    }
  }

  private void generic(Warp warp, int mask, long[] addresses, int bytes, Access access) {
    int inShared = 0;
    int inLocal = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long value = addresses[lane];
      if (inWindow(value, GlobalMemory.SHARED_WINDOW)) {
        inShared |= 1 << lane;
        addresses[lane] = value - GlobalMemory.SHARED_WINDOW;
      } else if (inWindow(value, GlobalMemory.LOCAL_WINDOW)) {
        inLocal |= 1 << lane;
        addresses[lane] = value - GlobalMemory.LOCAL_WINDOW;
      }
    }
    int inGlobal = mask & ~inShared & ~inLocal;
    if (inGlobal != 0) {
      global(warp, inGlobal, addresses, bytes, access);
    }
    if (inShared != 0) {
      shared(warp, inShared, addresses, bytes, access);
    }
    if (inLocal != 0) {
      local(warp, inLocal, addresses, bytes);
    }
  }

  /** Records that a spin loop may be polling with this operation. */
  final void poll(Warp warp) {
    warp.poll(this, space == Space.SHARED ? Warp.Wait.BLOCK : Warp.Wait.GRID);
  }

  static boolean inWindow(long address, long window) {
    return address >= window && address < window + GlobalMemory.WINDOW_BYTES;
  }
}
