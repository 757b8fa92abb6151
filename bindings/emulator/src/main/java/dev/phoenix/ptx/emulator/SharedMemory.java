package dev.phoenix.ptx.emulator;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The shared memory of a running block, with its initialisation and race shadows. */
final class SharedMemory implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final long nativeBase;
  private final int byteSize;
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  /** Shadow value of a byte of an mbarrier object; 1 means written. */
  private static final byte CLAIMED = 2;

  private static final int ALL_FOUR = 0x01010101;
  private static final VarHandle DOUBLE_WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long ALL_EIGHT = 0x0101010101010101L;

  private final byte @Nullable [] written;
  private final @Nullable RaceShadow shadow;
  private final RaceClocks clocks;

  SharedMemory(int byteSize, RaceClocks clocks, EmulatorOptions.Checks checks) {
    this.byteSize = byteSize;
    this.clocks = clocks;
    this.nativeBase = arena.allocate(Math.max(16, byteSize), 128).address();
    this.written = checks.initialised() ? new byte[(byteSize + 3) & ~3] : null;
    this.shadow = checks.races() ? new RaceShadow(byteSize, clocks) : null;
  }

  /** Starts a new block. */
  void restart() {
    if (written != null) {
      Arrays.fill(written, (byte) 0);
    }
    if (shadow != null) {
      shadow.restart();
    }
  }

  /**
   * Checks offsets into shared memory and translates them to native addresses in place.
   *
   * @param bytes of one lane's access: 1, 2, 4, 8 or 16
   */
  void resolve(Warp warp, int mask, long[] addresses, int bytes, Access access, Operation at) {
    int limit = byteSize - bytes;
    int clock = clocks.clock(warp.number);
    boolean reads = access.reads();
    boolean writes = access.writes();
    long stamp = RaceStamp.of(clock, warp.number, 0, access.strong(), at.index);
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long offset = addresses[lane];
      if (offset < 0 || offset > limit || (offset & (bytes - 1)) != 0) {
        throw outside(warp, lane, offset, bytes, at);
      }
      int start = (int) offset;
      if (written != null) {
        if (reads && !isWritten(written, start, bytes)) {
          throw unwritten(written, warp, lane, start, at);
        }
        if (writes && access != Access.COPY) {
          markWritten(written, start, bytes);
        }
      }
      if (shadow != null) {
        long other = shadow.touch(start, bytes, RaceStamp.inLane(stamp, lane), writes);
        if (other != 0) {
          throw race(warp, lane, start, access, other, at);
        }
      }
      addresses[lane] = nativeBase + start;
    }
  }

  /** Marks bytes as the target of an asynchronous copy in flight. */
  void beginCopy(Warp warp, int offset, int bytes, Operation at) {
    if (shadow != null) {
      long stamp = RaceStamp.weak(RaceStamp.MAX_CLOCK, warp.number, RaceStamp.IN_FLIGHT, at.index);
      shadow.setWriter(offset, bytes, stamp);
    }
  }

  /**
   * Completes an asynchronous copy: records a write of the copied bytes by the thread. Returns the
   * native address.
   */
  long endCopy(Warp warp, int lane, int offset, int bytes, Operation at) {
    if (written != null) {
      Arrays.fill(written, offset, offset + bytes, (byte) 1);
    }
    if (shadow != null) {
      long stamp = RaceStamp.weak(clocks.clock(warp.number), warp.number, lane, at.index);
      shadow.setWriter(offset, bytes, stamp);
    }
    return nativeBase + offset;
  }

  /** The offset of a native address. */
  int offset(long nativeAddress) {
    return (int) (nativeAddress - nativeBase);
  }

  /**
   * Checks the address of an mbarrier object and records the access.
   *
   * @param changes whether it is initialised; other accesses are ordered by the object itself
   */
  void touchBarrier(Warp warp, int lane, long offset, boolean changes, Operation at) {
    if (offset < 0 || offset > byteSize - Long.BYTES || (offset & (Long.BYTES - 1)) != 0) {
      throw outside(warp, lane, offset, Long.BYTES, at);
    }
    if (shadow != null) {
      int clock = clocks.clock(warp.number);
      long stamp = RaceStamp.of(clock, warp.number, lane, !changes, at.index);
      long other = shadow.touch((int) offset, Long.BYTES, stamp, changes);
      if (other != 0) {
        Access access = changes ? Access.WRITE : Access.STRONG_READ;
        throw race(warp, lane, (int) offset, access, other, at);
      }
    }
  }

  /** Marks the bytes of an object that plain accesses must not touch. */
  void claim(int offset, int bytes) {
    if (written != null) {
      Arrays.fill(written, offset, offset + bytes, CLAIMED);
    }
  }

  /** Whether no plain store has overwritten the object since. */
  boolean isClaimed(int offset, int bytes) {
    if (written != null) {
      for (int i = offset; i < offset + bytes; i++) {
        if (written[i] != CLAIMED) {
          return false;
        }
      }
    }
    return true;
  }

  /** Releases an mbarrier object: its bytes become uninitialised. */
  void unclaim(int offset, int bytes) {
    if (written != null) {
      Arrays.fill(written, offset, offset + bytes, (byte) 0);
    }
  }

  private EmulatorFault outside(Warp warp, int lane, long offset, int bytes, Operation at) {
    if ((offset & (bytes - 1)) != 0) {
      return GlobalAccess.misaligned(warp, lane, offset, bytes, at);
    }
    return at.fault(
        warp,
        lane,
        EmulatorFault.Kind.OUT_OF_BOUNDS,
        bytes + " bytes at " + offset + " of the block's " + byteSize + " bytes of shared memory");
  }

  private static void markWritten(byte[] written, int start, int bytes) {
    if (bytes < 4) {
      Arrays.fill(written, start, start + bytes, (byte) 1);
    } else {
      for (int i = start; i < start + bytes; i += 4) {
        WORDS.set(written, i, ALL_FOUR);
      }
    }
  }

  private static boolean isWritten(byte[] written, int start, int bytes) {
    boolean all = true;
    if (bytes < 4) {
      for (int i = start; i < start + bytes; i++) {
        all &= written[i] == 1;
      }
    } else {
      int i = start;
      for (; i + 8 <= start + bytes; i += 8) {
        all &= (long) DOUBLE_WORDS.get(written, i) == ALL_EIGHT;
      }
      if (i < start + bytes) {
        all &= (int) WORDS.get(written, i) == ALL_FOUR;
      }
    }
    return all;
  }

  private static EmulatorFault unwritten(
      byte[] written, Warp warp, int lane, int start, Operation at) {
    int first = start;
    while (written[first] == 1) {
      first++;
    }
    if (written[first] == CLAIMED) {
      return at.fault(
          warp,
          lane,
          EmulatorFault.Kind.INVALID_BARRIER,
          "reads byte " + first + " of shared memory, which belongs to an mbarrier");
    }
    return at.fault(
        warp,
        lane,
        EmulatorFault.Kind.UNINITIALISED,
        "no thread of the block has written byte " + first + " of shared memory");
  }

  private static EmulatorFault race(
      Warp warp, int lane, int start, Access access, long other, Operation at) {
    Operation earlier = warp.program.code()[RaceStamp.operation(other)];
    int otherLane = RaceStamp.lane(other);
    String who =
        switch (otherLane) {
          case RaceStamp.IN_FLIGHT -> "an asynchronous copy that has not been waited for";
          case RaceStamp.MANY -> "several threads of warp " + RaceStamp.warp(other);
          default -> {
            int thread = RaceStamp.warp(other) * Warp.LANES + otherLane;
            yield "thread " + EmulatorFault.Index.of(thread, warp.block.grid.shape.block());
          }
        };
    return at.fault(
        warp,
        lane,
        EmulatorFault.Kind.RACE,
        (access.writes() ? "writes" : "reads")
            + " byte "
            + start
            + " of shared memory with no barrier since "
            + who
            + " at PTX line "
            + earlier.line
            + ": "
            + earlier.text);
  }

  @Override
  public void close() {
    arena.close();
  }
}
