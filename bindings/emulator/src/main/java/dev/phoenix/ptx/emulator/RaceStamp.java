package dev.phoenix.ptx.emulator;

/**
 * A packed record of an access to shared memory: clock 24 bits, warp 5, lane 6, strong 1, operation
 * 20. Zero means no access.
 */
final class RaceStamp {
  /** Several lanes of the warp. */
  static final int MANY = 62;

  /** An asynchronous copy in flight. */
  static final int IN_FLIGHT = 63;

  /** Larger than any clock a warp can reach. */
  static final int MAX_CLOCK = (1 << 24) - 1;

  private RaceStamp() {}

  /** A stamp of an access that is not strong. */
  static long weak(int clock, int warp, int lane, int operation) {
    return ((long) clock << 32) | ((long) warp << 27) | ((long) lane << 21) | operation;
  }

  static long of(int clock, int warp, int lane, boolean strong, int operation) {
    return weak(clock, warp, lane, operation) | (strong ? 1L << 20 : 0);
  }

  /** Whether two stamps are of one thread with no barrier in between. */
  static boolean sameThreadAndTime(long a, long b) {
    return (a ^ b) >>> 21 == 0;
  }

  /** A stamp of lane 0, for another lane. */
  static long inLane(long stamp, int lane) {
    return stamp | ((long) lane << 21);
  }

  static int clock(long stamp) {
    return (int) (stamp >>> 32);
  }

  static int warp(long stamp) {
    return (int) (stamp >>> 27) & 31;
  }

  static int lane(long stamp) {
    return (int) (stamp >>> 21) & 63;
  }

  static boolean strong(long stamp) {
    return (stamp >>> 20 & 1) != 0;
  }

  static int operation(long stamp) {
    return (int) stamp & 0xfffff;
  }

  static long withLane(long stamp, int lane) {
    return (stamp & ~(63L << 21)) | ((long) lane << 21);
  }
}
