package dev.phoenix.device.junit;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies arrays to and from the device, as a parameter of an {@link OnDevice} test. The extension
 * frees these buffers when the test ends.
 */
public final class DeviceArrays {
  private final Device device;
  private final Stream stream;
  private final List<DeviceBuffer> buffers = new ArrayList<>();

  DeviceArrays(Device device) {
    this.device = device;
    this.stream = device.createStream();
  }

  /**
   * Uninitialised device memory; the emulated device reports reads before a write.
   *
   * @param byteSize bytes, at least 1
   */
  public DeviceBuffer allocate(long byteSize) {
    DeviceBuffer buffer = device.allocate(byteSize);
    buffers.add(buffer);
    return buffer;
  }

  /**
   * Device memory that holds zeros.
   *
   * @param byteSize bytes, at least 1
   */
  public DeviceBuffer zeros(long byteSize) {
    DeviceBuffer buffer = allocate(byteSize);
    stream.fill(buffer, (byte) 0);
    stream.synchronize();
    return buffer;
  }

  /** A copy of these values on the device, 4 bytes each. */
  public DeviceBuffer of(float... values) {
    return copy(MemorySegment.ofArray(values));
  }

  /** A copy of these values on the device, 8 bytes each. */
  public DeviceBuffer of(double... values) {
    return copy(MemorySegment.ofArray(values));
  }

  /** A copy of these values on the device, 1 byte each. */
  public DeviceBuffer of(byte... values) {
    return copy(MemorySegment.ofArray(values));
  }

  /** A copy of these values on the device, 2 bytes each: integers, or the bits of halves. */
  public DeviceBuffer of(short... values) {
    return copy(MemorySegment.ofArray(values));
  }

  /** A copy of these values on the device, 4 bytes each. */
  public DeviceBuffer of(int... values) {
    return copy(MemorySegment.ofArray(values));
  }

  /** A copy of these values on the device, 8 bytes each. */
  public DeviceBuffer of(long... values) {
    return copy(MemorySegment.ofArray(values));
  }

  private DeviceBuffer copy(MemorySegment values) {
    DeviceBuffer buffer = allocate(values.byteSize());
    stream.copyToDevice(buffer, values);
    stream.synchronize();
    return buffer;
  }

  /** What the memory holds once all work on the device is done. */
  public float[] floats(DeviceMemory memory) {
    float[] values = new float[count(memory, Float.BYTES)];
    read(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** What the memory holds once all work on the device is done. */
  public double[] doubles(DeviceMemory memory) {
    double[] values = new double[count(memory, Double.BYTES)];
    read(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** What the memory holds once all work on the device is done. */
  public byte[] bytes(DeviceMemory memory) {
    byte[] values = new byte[count(memory, Byte.BYTES)];
    read(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** What the memory holds once all work on the device is done. */
  public short[] shorts(DeviceMemory memory) {
    short[] values = new short[count(memory, Short.BYTES)];
    read(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** What the memory holds once all work on the device is done. */
  public int[] ints(DeviceMemory memory) {
    int[] values = new int[count(memory, Integer.BYTES)];
    read(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** What the memory holds once all work on the device is done. */
  public long[] longs(DeviceMemory memory) {
    long[] values = new long[count(memory, Long.BYTES)];
    read(MemorySegment.ofArray(values), memory);
    return values;
  }

  private static int count(DeviceMemory memory, int elementBytes) {
    if (memory.byteSize() % elementBytes != 0) {
      throw new IllegalArgumentException(
          memory.byteSize() + " bytes are no whole number of " + elementBytes + "-byte elements");
    }
    return Math.toIntExact(memory.byteSize() / elementBytes);
  }

  private void read(MemorySegment destination, DeviceMemory memory) {
    device.synchronize();
    stream.copyToHost(destination, memory);
    stream.synchronize();
  }

  void close() {
    buffers.forEach(DeviceBuffer::close);
    stream.close();
  }
}
