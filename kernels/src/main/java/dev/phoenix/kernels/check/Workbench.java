package dev.phoenix.kernels.check;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.KernelLibrary;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels on a device, a stream, and the memory of the cases. Owns all of them, but not the
 * device.
 */
public final class Workbench implements AutoCloseable {
  private final Device device;
  private final long seed;
  private final KernelLibrary library;
  private final Stream stream;
  private final List<DeviceBuffer> buffers = new ArrayList<>();

  private Workbench(Device device, KernelLibrary library, long seed) {
    this.device = device;
    this.seed = seed;
    this.library = library;
    this.stream = device.createStream();
  }

  /** A bench on a device, with the PTX of this jar and the seed of this run. */
  public static Workbench on(Device device) {
    return on(device, KernelLibrary.Form.PTX, Numbers.seed());
  }

  /**
   * A bench on a device.
   *
   * @param form compiled form of the kernels to load
   * @param seed of all inputs
   */
  public static Workbench on(Device device, KernelLibrary.Form form, long seed) {
    return new Workbench(device, KernelLibrary.create(device, form), seed);
  }

  /** The seed of all inputs. */
  public long seed() {
    return seed;
  }

  /** The kernels on this device. */
  public KernelLibrary library() {
    return library;
  }

  /** The stream of all launches. */
  public Stream stream() {
    return stream;
  }

  /** Memory filled with NaN in every float type, so that unwritten elements are found. */
  public DeviceMemory empty(ElementType type, long count) {
    return filled(count * type.byteSize());
  }

  /** Memory filled with -1. */
  public DeviceMemory emptyIntegers(long count) {
    return filled(count * Integer.BYTES);
  }

  /** Memory with all bits set. */
  public DeviceMemory filled(long byteSize) {
    // Buffers of 0 bytes are not allowed.
    DeviceBuffer buffer = device.allocate(Math.max(1, byteSize));
    buffers.add(buffer);
    stream.fill(buffer, (byte) 0xff);
    return buffer;
  }

  /** A copy of {@code values} in mapped host memory. */
  public DeviceMemory mapped(float[] values) {
    MappedBuffer buffer = device.allocateMapped((long) values.length * Float.BYTES);
    buffers.add(buffer);
    buffer.segment().copyFrom(MemorySegment.ofArray(values));
    return buffer;
  }

  /** A copy of {@code values} on the device, rounded to bfloat16. */
  public DeviceMemory bfloat16(float[] values) {
    return put(MemorySegment.ofArray(Bfloat16.narrow(values)));
  }

  /** These values. */
  public DeviceMemory floats(float... values) {
    return put(MemorySegment.ofArray(values));
  }

  /** A copy of {@code values} on the device as {@code type}. */
  public DeviceMemory typed(ElementType type, float[] values) {
    return type == ElementType.F32 ? floats(values) : bfloat16(values);
  }

  /** These values. */
  public DeviceMemory integers(int... values) {
    return put(MemorySegment.ofArray(values));
  }

  /** One byte per flag: 1 for true. */
  public DeviceMemory flags(boolean... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return put(MemorySegment.ofArray(bytes));
  }

  /** These bytes. */
  public DeviceMemory bytes(byte[] values) {
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

  /** Reads the numbers of an output, after all launches have completed. */
  public double[] read(Output output) {
    int count = Math.toIntExact(output.memory().byteSize() / output.format().byteSize());
    return switch (output.format()) {
      case BFLOAT16 -> Output.doubles(readBfloat16(output.memory(), count));
      case FLOAT32 -> Output.doubles(readFloats(output.memory(), count));
      case FLOAT64 -> readDoubles(output.memory(), count);
      case INT32 -> doubles(readIntegers(output.memory(), count));
    };
  }

  private static double[] doubles(int[] values) {
    return java.util.Arrays.stream(values).asDoubleStream().toArray();
  }

  /** Reads bfloat16. */
  public float[] readBfloat16(DeviceMemory memory, int count) {
    short[] bits = new short[count];
    get(MemorySegment.ofArray(bits), memory);
    return Bfloat16.widen(bits);
  }

  /** Reads float32. */
  public float[] readFloats(DeviceMemory memory, int count) {
    float[] values = new float[count];
    get(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** Reads float64. */
  public double[] readDoubles(DeviceMemory memory, int count) {
    double[] values = new double[count];
    get(MemorySegment.ofArray(values), memory);
    return values;
  }

  /** Reads 32-bit integers. */
  public int[] readIntegers(DeviceMemory memory, int count) {
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

  /** Frees the memory of the cases so far. */
  public void clear() {
    stream.synchronize();
    buffers.forEach(DeviceBuffer::close);
    buffers.clear();
  }

  /** Frees everything but the device. */
  @Override
  public void close() {
    try {
      clear();
    } finally {
      stream.close();
      library.close();
    }
  }
}
