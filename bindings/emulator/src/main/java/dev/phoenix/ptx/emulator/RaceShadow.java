package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/**
 * The last write and up to two reads, by different warps, of each cell of shared memory. A cell is
 * an aligned word; a word that is touched in parts is split into bytes from then on. A read is not
 * recorded if both slots hold unordered reads, so with three readers a race may be missed. There
 * are no false positives.
 */
final class RaceShadow {
  private final RaceClocks clocks;
  private final long[] writes;
  private final long[] reads;
  private final long[] otherReads;
  private final boolean[] split;
  private long[] byteWrites = {};
  private long[] byteReads = {};
  private long[] otherByteReads = {};

  RaceShadow(int byteSize, RaceClocks clocks) {
    int wordCount = (byteSize + 3) / 4;
    this.clocks = clocks;
    this.writes = new long[wordCount];
    this.reads = new long[wordCount];
    this.otherReads = new long[wordCount];
    this.split = new boolean[wordCount];
  }

  /** Starts a new block. */
  void restart() {
    if (!clocks.restart()) {
      Arrays.fill(writes, 0);
      Arrays.fill(reads, 0);
      Arrays.fill(otherReads, 0);
      Arrays.fill(byteWrites, 0);
      Arrays.fill(byteReads, 0);
      Arrays.fill(otherByteReads, 0);
    }
    Arrays.fill(split, false);
  }

  /**
   * Records an access; returns the stamp of an access that it races with, or 0.
   *
   * @param stamp stamp of the access
   * @param writing whether it writes
   */
  long touch(int offset, int bytes, long stamp, boolean writing) {
    if ((offset & 3) == 0 && bytes >= 4) {
      int from = offset >> 2;
      int to = (offset + bytes) >> 2;
      return writing ? writeWords(from, to, stamp) : readWords(from, to, stamp);
    }
    split(offset >> 2);
    return writing ? writeBytes(offset, bytes, stamp) : readBytes(offset, bytes, stamp);
  }

  /** Overwrites the last write of whole words: an asynchronous copy starts or ends. */
  void setWriter(int offset, int bytes, long stamp) {
    for (int word = offset >> 2; word < (offset + bytes) >> 2; word++) {
      writes[word] = stamp;
      if (split[word]) {
        Arrays.fill(byteWrites, word * 4, word * 4 + 4, stamp);
      }
    }
  }

  private long writeWords(int from, int to, long stamp) {
    for (int word = from; word < to; word++) {
      long other =
          split[word]
              ? writeBytes(word * 4, 4, stamp)
              : write(writes, reads, otherReads, word, stamp);
      if (other != 0) {
        return other;
      }
    }
    return 0;
  }

  /** Adjacent words mostly have the same last writer, which is checked only once. */
  private long readWords(int from, int to, long stamp) {
    long past = 0;
    for (int word = from; word < to; word++) {
      if (split[word]) {
        long other = readBytes(word * 4, 4, stamp);
        if (other != 0) {
          return other;
        }
        continue;
      }
      long writer = writes[word];
      if (writer != past) {
        if (conflicts(writer, stamp)) {
          return writer;
        }
        past = writer;
      }
      if (RaceStamp.sameThreadAndTime(reads[word], stamp)) {
        reads[word] = stamp;
      } else if (!remember(reads, word, stamp)) {
        remember(otherReads, word, stamp);
      }
    }
    return 0;
  }

  private long writeBytes(int offset, int bytes, long stamp) {
    long other = 0;
    for (int i = offset; i < offset + bytes && other == 0; i++) {
      other = write(byteWrites, byteReads, otherByteReads, i, stamp);
    }
    return other;
  }

  private long readBytes(int offset, int bytes, long stamp) {
    long other = 0;
    for (int i = offset; i < offset + bytes && other == 0; i++) {
      other = read(byteWrites, byteReads, otherByteReads, i, stamp);
    }
    return other;
  }

  private void split(int word) {
    if (byteWrites.length == 0) {
      byteWrites = new long[writes.length * 4];
      byteReads = new long[writes.length * 4];
      otherByteReads = new long[writes.length * 4];
    }
    if (!split[word]) {
      split[word] = true;
      Arrays.fill(byteWrites, word * 4, word * 4 + 4, writes[word]);
      Arrays.fill(byteReads, word * 4, word * 4 + 4, reads[word]);
      Arrays.fill(otherByteReads, word * 4, word * 4 + 4, otherReads[word]);
    }
  }

  private long write(long[] writer, long[] reader, long[] other, int cell, long stamp) {
    if (conflicts(writer[cell], stamp)) {
      return writer[cell];
    }
    if (conflicts(reader[cell], stamp)) {
      return reader[cell];
    }
    if (conflicts(other[cell], stamp)) {
      return other[cell];
    }
    writer[cell] = stamp;
    return 0;
  }

  private long read(long[] writer, long[] reader, long[] other, int cell, long stamp) {
    if (conflicts(writer[cell], stamp)) {
      return writer[cell];
    }
    if (!remember(reader, cell, stamp)) {
      remember(other, cell, stamp);
    }
    return 0;
  }

  private boolean conflicts(long stamp, long now) {
    return stamp != 0
        && !RaceStamp.sameThreadAndTime(stamp, now)
        && !clocks.before(stamp, RaceStamp.warp(now), RaceStamp.lane(now))
        && !(RaceStamp.strong(now) && RaceStamp.strong(stamp));
  }

  /** Records a read in a slot that is free, ordered before it, or of the same warp. */
  private boolean remember(long[] place, int cell, long stamp) {
    long old = place[cell];
    if (old == stamp) {
      return true;
    }
    if (RaceStamp.sameThreadAndTime(old, stamp)) {
      place[cell] = stamp;
      return true;
    }
    int warp = RaceStamp.warp(stamp);
    boolean sameWarp = RaceStamp.warp(old) == warp && old != 0;
    if (sameWarp && RaceStamp.clock(old) == RaceStamp.clock(stamp)) {
      boolean sameLane = RaceStamp.lane(old) == RaceStamp.lane(stamp);
      place[cell] = sameLane ? stamp : RaceStamp.withLane(stamp, RaceStamp.MANY);
      return true;
    }
    if (old == 0 || sameWarp || clocks.before(old, warp, RaceStamp.lane(stamp))) {
      place[cell] = stamp;
      return true;
    }
    return false;
  }
}
