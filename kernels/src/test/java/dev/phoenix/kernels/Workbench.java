package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Devices;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.MappedBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A device under test, its kernels, a stream, and the memory a test puts there. Closing it frees
 * everything and asserts that nothing stays alive.
 *
 * <p>{@code -Dphoenix.device=emulated|cuda|both} chooses the devices; emulated is the default. A
 * device that was asked for by name and does not answer fails the test.
 */
final class Workbench implements AutoCloseable {
  private final Device device;
  private final KernelLibrary library;
  private final dev.phoenix.device.Stream stream;
  private final List<DeviceBuffer> buffers = new ArrayList<>();

  private Workbench(Device device) {
    this.device = device;
    this.library = KernelLibrary.create(device);
    this.stream = device.createStream();
  }

  /** The devices that every test body runs on; for {@code @MethodSource}. */
  static Stream<String> devices() {
    String wanted = System.getProperty("phoenix.device", "emulated");
    return wanted.equals("both") ? Stream.of("emulated", "cuda") : Stream.of(wanted);
  }

  /** Opens a device; skips the test where this build has no kernels. */
  static Workbench on(String device) {
    assumeTrue(
        KernelLibrary.contains("rms_norm"), "no PTX in this build: it was made without nvcc");
    return new Workbench(Devices.open(device));
  }

  KernelLibrary library() {
    return library;
  }

  Device device() {
    return device;
  }

  dev.phoenix.device.Stream stream() {
    return stream;
  }

  /** Memory filled with NaN, in bfloat16 as in float32: what is not written shows. */
  DeviceMemory empty(ElementType type, long count) {
    return filled(count * type.byteSize());
  }

  DeviceMemory emptyIntegers(long count) {
    return filled(count * Integer.BYTES);
  }

  DeviceMemory filled(long byteSize) {
    DeviceBuffer buffer = device.allocate(Math.max(1, byteSize));
    buffers.add(buffer);
    stream.fill(buffer, (byte) 0xff);
    return buffer;
  }

  /** Host memory that kernels read in place. */
  DeviceMemory mapped(float[] values) {
    MappedBuffer buffer = device.allocateMapped((long) values.length * Float.BYTES);
    buffers.add(buffer);
    buffer.segment().copyFrom(MemorySegment.ofArray(values));
    return buffer;
  }

  DeviceMemory bfloat16(float[] values) {
    return put(MemorySegment.ofArray(Bfloat16.narrow(values)));
  }

  DeviceMemory floats(float... values) {
    return put(MemorySegment.ofArray(values));
  }

  /** As the type says. */
  DeviceMemory typed(ElementType type, float[] values) {
    return type == ElementType.F32 ? floats(values) : bfloat16(values);
  }

  DeviceMemory integers(int... values) {
    return put(MemorySegment.ofArray(values));
  }

  DeviceMemory bytes(byte... values) {
    return put(MemorySegment.ofArray(values));
  }

  private DeviceMemory put(MemorySegment source) {
    DeviceMemory memory = filled(source.byteSize());
    if (source.byteSize() > 0) {
      stream.copyToDevice(memory, source);
      stream.synchronize();
    }
    return memory;
  }

  float[] readBfloat16(DeviceMemory memory, int count) {
    short[] bits = new short[count];
    get(MemorySegment.ofArray(bits), memory);
    return Bfloat16.widen(bits);
  }

  float[] readFloats(DeviceMemory memory, int count) {
    float[] values = new float[count];
    get(MemorySegment.ofArray(values), memory);
    return values;
  }

  float[] read(ElementType type, DeviceMemory memory, int count) {
    return type == ElementType.F32 ? readFloats(memory, count) : readBfloat16(memory, count);
  }

  int[] readIntegers(DeviceMemory memory, int count) {
    int[] values = new int[count];
    get(MemorySegment.ofArray(values), memory);
    return values;
  }

  private void get(MemorySegment to, DeviceMemory memory) {
    if (to.byteSize() > 0) {
      stream.copyToHost(to, memory.slice(0, to.byteSize()));
    }
    stream.synchronize();
  }

  /** Frees what was allocated so far, for tests that run many sizes. */
  void clear() {
    stream.synchronize();
    buffers.forEach(DeviceBuffer::close);
    buffers.clear();
  }

  @Override
  public void close() {
    clear();
    stream.close();
    library.close();
    assertEquals(0, device.liveBytes(), "bytes still live on the device");
    device.close();
  }
}
