package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/**
 * Asynchronous copies of a warp (section cp.async): bytes are read when the copy is issued and
 * delivered as late as the ISA permits, when the thread waits for their group.
 */
final class AsyncCopies {
  private static final int MAX_BYTES = 16;

  private int[] lanes = new int[64];
  private int[] groups = new int[64];
  private int[] offsets = new int[64];
  private int[] sizes = new int[64];
  private Operation[] origins = new Operation[64];
  private byte[] data = new byte[64 * MAX_BYTES];
  private int count;
  private long issued;
  private long[] serials = new long[64];
  private final int[] committed = new int[Warp.LANES];

  void clear() {
    count = 0;
    Arrays.fill(committed, 0);
  }

  /**
   * Issues a copy.
   *
   * @param source native address
   * @param sourceBytes bytes to read; the rest up to {@code bytes} is zero
   */
  void issue(int lane, int offset, int bytes, long source, int sourceBytes, Operation at) {
    if (count == lanes.length) {
      grow();
    }
    lanes[count] = lane;
    serials[count] = issued++;
    groups[count] = committed[lane];
    offsets[count] = offset;
    sizes[count] = bytes;
    origins[count] = at;
    int base = count * MAX_BYTES;
    for (int i = 0; i < bytes; i++) {
      data[base + i] = i < sourceBytes ? NativeMemory.getByte(source + i) : 0;
    }
    count++;
  }

  private void grow() {
    int size = count * 2;
    lanes = Arrays.copyOf(lanes, size);
    serials = Arrays.copyOf(serials, size);
    groups = Arrays.copyOf(groups, size);
    offsets = Arrays.copyOf(offsets, size);
    sizes = Arrays.copyOf(sizes, size);
    origins = Arrays.copyOf(origins, size);
    data = Arrays.copyOf(data, size * MAX_BYTES);
  }

  /** Commits the copies that these lanes have issued as one group. */
  void commit(int mask) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      committed[Integer.numberOfTrailingZeros(rest)]++;
    }
  }

  /**
   * Delivers, for these lanes, all groups except the {@code pending} most recently committed ones.
   */
  void await(Warp warp, int mask, int pending) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      boolean done = (mask >>> lanes[i] & 1) != 0 && groups[i] < committed[lanes[i]] - pending;
      if (done) {
        deliver(warp, i);
      } else {
        move(i, kept++);
      }
    }
    count = kept;
  }

  /** Serial number of the next copy. */
  long issued() {
    return issued;
  }

  /** Delivers the copies of a lane that were issued before this serial number. */
  void deliver(Warp warp, int lane, long until) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (lanes[i] == lane && serials[i] < until) {
        deliver(warp, i);
      } else {
        move(i, kept++);
      }
    }
    count = kept;
  }

  private void deliver(Warp warp, int i) {
    SharedMemory shared = warp.block.shared;
    long target = shared.endCopy(warp, lanes[i], offsets[i], sizes[i], origins[i]);
    for (int b = 0; b < sizes[i]; b++) {
      NativeMemory.putByte(target + b, data[i * MAX_BYTES + b]);
    }
  }

  private void move(int from, int to) {
    if (from == to) {
      return;
    }
    lanes[to] = lanes[from];
    serials[to] = serials[from];
    groups[to] = groups[from];
    offsets[to] = offsets[from];
    sizes[to] = sizes[from];
    origins[to] = origins[from];
    System.arraycopy(data, from * MAX_BYTES, data, to * MAX_BYTES, MAX_BYTES);
  }
}
