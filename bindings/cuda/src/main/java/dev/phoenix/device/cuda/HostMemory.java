package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Copies between host and device memory on a stream. The context must be current.
 *
 * <p>Native memory is passed by address and the call returns at once. The garbage collector may
 * move a Java array during the copy, so an array is staged through native memory in pieces, and the
 * call waits for each piece.
 */
final class HostMemory {
  private static final long PIECE_BYTES = 8L << 20;

  private HostMemory() {}

  /** Host to device. */
  static void write(CUstream stream, long destination, MemorySegment source) {
    if (source.isNative()) {
      copyIn(stream, destination, source);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = arena.allocate(Math.min(PIECE_BYTES, source.byteSize()), 64);
      for (long at = 0; at < source.byteSize(); at += PIECE_BYTES) {
        long bytes = Math.min(PIECE_BYTES, source.byteSize() - at);
        MemorySegment piece = staging.asSlice(0, bytes).copyFrom(source.asSlice(at, bytes));
        copyIn(stream, destination + at, piece);
        await(stream);
      }
    }
  }

  /** Device to host. */
  static void read(CUstream stream, MemorySegment destination, long source) {
    if (destination.isNative()) {
      copyOut(stream, destination, source);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = arena.allocate(Math.min(PIECE_BYTES, destination.byteSize()), 64);
      for (long at = 0; at < destination.byteSize(); at += PIECE_BYTES) {
        long bytes = Math.min(PIECE_BYTES, destination.byteSize() - at);
        MemorySegment piece = staging.asSlice(0, bytes);
        copyOut(stream, piece, source + at);
        await(stream);
        destination.asSlice(at, bytes).copyFrom(piece);
      }
    }
  }

  private static void copyIn(CUstream stream, long destination, MemorySegment source) {
    int status =
        JCudaDriver.cuMemcpyHtoDAsync(
            new DeviceAddress(destination),
            new NativeAddress(source.address()),
            source.byteSize(),
            stream);
    DriverStatus.check(status, () -> "cuMemcpyHtoDAsync(" + source.byteSize() + ")");
  }

  private static void copyOut(CUstream stream, MemorySegment destination, long source) {
    int status =
        JCudaDriver.cuMemcpyDtoHAsync(
            new NativeAddress(destination.address()),
            new DeviceAddress(source),
            destination.byteSize(),
            stream);
    DriverStatus.check(status, () -> "cuMemcpyDtoHAsync(" + destination.byteSize() + ")");
  }

  private static void await(CUstream stream) {
    int status = JCudaDriver.cuStreamSynchronize(stream);
    DriverStatus.check(status, "cuStreamSynchronize");
  }

  /**
   * Checks a copy before any native call.
   *
   * @throws IllegalArgumentException when the sizes differ, or the host memory belongs to another
   *     thread
   * @throws IllegalStateException when the host memory is closed
   */
  static void check(DeviceMemory device, MemorySegment host) {
    checkSizes(device.byteSize(), host.byteSize());
    if (!host.scope().isAlive()) {
      throw new IllegalStateException("the host memory is closed");
    }
    if (!host.isAccessibleBy(Thread.currentThread())) {
      throw new IllegalArgumentException("the host memory belongs to another thread");
    }
  }

  /** Checks that a copy fills its destination. */
  static void checkSizes(long device, long host) {
    if (device != host) {
      throw new IllegalArgumentException(
          "the two ends of a copy differ: " + device + " and " + host + " bytes");
    }
  }

  /**
   * Checks that a copy can be replayed from a graph.
   *
   * @throws IllegalArgumentException for a Java array, whose address a graph cannot keep
   */
  static void checkCapturable(MemorySegment host) {
    if (!host.isNative()) {
      throw new IllegalArgumentException(
          "a graph cannot keep a Java array: copy from Device.allocateHost");
    }
  }
}
