package dev.phoenix.ptx.emulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One range of device memory: its synthetic address, its bytes, and a shadow map of the written
 * bytes.
 */
final class Allocation {
  private static final byte WRITTEN = 1;

  final long base;
  final long byteSize;
  final String label;
  final boolean writable;
  final long nativeBase;

  /**
   * Native address of the shadow map, one byte per byte of data, 1 where written; 0 if writes are
   * not tracked.
   */
  long shadow;

  boolean live = true;

  /** What kernels may do with the bytes. */
  enum Kind {
    /** Read them. */
    READ_ONLY,
    /** Read and write them. */
    WRITABLE,
    /** Write them, and read what was written. */
    TRACKED
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment data;

  Allocation(long base, long byteSize, String label, Kind kind) {
    this.base = base;
    this.byteSize = byteSize;
    this.label = label;
    this.writable = kind != Kind.READ_ONLY;
    this.data = arena.allocate(byteSize, 256);
    this.nativeBase = data.address();
    this.shadow = kind == Kind.TRACKED ? arena.allocate(byteSize, 16).address() : 0;
  }

  /** The bytes from an offset on. */
  MemorySegment data(long offset, long length) {
    return data.asSlice(offset, length);
  }

  void markWritten(long offset, long length) {
    if (shadow == 0) {
      return;
    }
    if (offset == 0 && length == byteSize) {
      shadow = 0;
    } else {
      NativeMemory.ALL.asSlice(shadow + offset, length).fill(WRITTEN);
    }
  }

  /** The offset of the first unwritten byte of a range, or -1. */
  long firstUnwritten(long offset, long length) {
    if (shadow != 0) {
      for (long i = offset; i < offset + length; i++) {
        if (NativeMemory.getByte(shadow + i) != WRITTEN) {
          return i;
        }
      }
    }
    return -1;
  }

  /** Whether 1, 2, 4, 8 or 16 aligned bytes are written. */
  boolean isWritten(long offset, int bytes) {
    long at = shadow + offset;
    return switch (bytes) {
      case 1 -> NativeMemory.getByte(at) == WRITTEN;
      case 2 -> NativeMemory.getShort(at) == 0x0101;
      case 4 -> NativeMemory.getInt(at) == 0x01010101;
      case 8 -> NativeMemory.getLong(at) == 0x0101010101010101L;
      default -> (NativeMemory.getLong(at) & NativeMemory.getLong(at + 8)) == 0x0101010101010101L;
    };
  }

  /** Marks 1, 2, 4, 8 or 16 aligned bytes. */
  void setWritten(long offset, int bytes) {
    long at = shadow + offset;
    switch (bytes) {
      case 1 -> NativeMemory.putByte(at, WRITTEN);
      case 2 -> NativeMemory.putShort(at, (short) 0x0101);
      case 4 -> NativeMemory.putInt(at, 0x01010101);
      case 8 -> NativeMemory.putLong(at, 0x0101010101010101L);
      default -> {
        NativeMemory.putLong(at, 0x0101010101010101L);
        NativeMemory.putLong(at + 8, 0x0101010101010101L);
      }
    }
  }

  void free() {
    live = false;
    arena.close();
  }
}
