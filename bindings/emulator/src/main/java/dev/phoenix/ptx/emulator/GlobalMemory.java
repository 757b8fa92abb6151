package dev.phoenix.ptx.emulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The generic address space. Allocations have synthetic addresses with gaps between them, so that
 * an access slightly out of bounds hits no other allocation. Addresses are never reused, so that a
 * stale pointer is recognised.
 */
final class GlobalMemory {
  /** Where the window of shared memory starts in generic addresses. */
  static final long SHARED_WINDOW = 0x0100_0000_0000_0000L;

  /** Where the window of local memory starts in generic addresses. */
  static final long LOCAL_WINDOW = 0x0200_0000_0000_0000L;

  /** Length of either window. */
  static final long WINDOW_BYTES = 1L << 32;

  private static final long FIRST = 0x7f00_0000_0000L;
  private static final long RED_ZONE = 1 << 16;
  private static final long ALIGNMENT = 256;

  /** Freed allocations that are remembered, to tell a stale pointer from a wild one. */
  private static final int MAX_FREED = 4096;

  private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
  private final Allocation.Kind uninitialised;
  private final ArrayDeque<Long> freed = new ArrayDeque<>();
  private long next = FIRST;

  /**
   * @param tracked whether to track which bytes are written
   */
  GlobalMemory(boolean tracked) {
    this.uninitialised = tracked ? Allocation.Kind.TRACKED : Allocation.Kind.WRITABLE;
  }

  /** Allocates uninitialised memory that kernels may read and write. */
  synchronized Allocation allocate(String label, long byteSize) {
    return add(label, byteSize, uninitialised);
  }

  /** Allocates zeroed memory that kernels may read and write. */
  synchronized Allocation allocateZeroed(String label, long byteSize) {
    return add(label, byteSize, Allocation.Kind.WRITABLE);
  }

  /** Allocates zeroed memory that kernels may only read. */
  synchronized Allocation allocateReadOnly(String label, long byteSize) {
    return add(label, byteSize, Allocation.Kind.READ_ONLY);
  }

  private Allocation add(String label, long byteSize, Allocation.Kind kind) {
    long base = next;
    Allocation allocation = new Allocation(base, byteSize, label, kind);
    next = (base + byteSize + RED_ZONE + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    allocations.put(base, allocation);
    return allocation;
  }

  synchronized void free(Allocation allocation) {
    allocation.free();
    freed.add(allocation.base);
    if (freed.size() > MAX_FREED) {
      allocations.remove(freed.remove());
    }
  }

  /** The allocation, live or freed, at or below an address. */
  synchronized @Nullable Allocation below(long address) {
    Map.Entry<Long, Allocation> entry = allocations.floorEntry(address);
    return entry == null ? null : entry.getValue();
  }

  /** All live allocations. */
  synchronized List<Allocation> live() {
    List<Allocation> list = new ArrayList<>();
    for (Allocation allocation : allocations.values()) {
      if (allocation.live) {
        list.add(allocation);
      }
    }
    return list;
  }

  /** Describes an out-of-bounds access relative to the nearest allocation. */
  String describe(long address, int bytes) {
    String what = bytes + " bytes at 0x" + Long.toHexString(address);
    Allocation near = below(address);
    if (near == null) {
      return what + " are in no allocation";
    }
    long past = address - near.base - near.byteSize;
    String where =
        past >= 0
            ? " lie " + past + " bytes behind the end of "
            : " reach " + (past + bytes) + " bytes over the end of ";
    return what + where + near.label + " (" + near.byteSize + " bytes)";
  }
}
