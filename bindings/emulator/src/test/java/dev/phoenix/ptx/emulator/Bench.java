package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An emulated device, one stream, and buffers that are closed with it. */
final class Bench implements AutoCloseable {
  final EmulatedDevice device;
  final Stream stream;
  private final List<DeviceBuffer> buffers = new ArrayList<>();

  Bench(EmulatorOptions options) {
    this.device = EmulatedDevice.create(options);
    this.stream = device.createStream();
  }

  Bench() {
    this(EmulatorOptions.strict());
  }

  /** Loads PTX text with one kernel. */
  Kernel load(String ptx) {
    KernelModule module = device.loadModule("test.ptx", ptx.getBytes(StandardCharsets.UTF_8));
    String entry = dev.phoenix.ptx.PtxModule.parse("test.ptx", ptx).entries().getFirst();
    return module.kernel(entry);
  }

  DeviceBuffer empty(long bytes) {
    DeviceBuffer buffer = device.allocate(bytes);
    buffers.add(buffer);
    return buffer;
  }

  DeviceBuffer zeros(long bytes) {
    DeviceBuffer buffer = empty(bytes);
    stream.fill(buffer, (byte) 0);
    return buffer;
  }

  DeviceBuffer of(long... values) {
    return put(MemorySegment.ofArray(values));
  }

  DeviceBuffer of(int... values) {
    return put(MemorySegment.ofArray(values));
  }

  DeviceBuffer of(short... values) {
    return put(MemorySegment.ofArray(values));
  }

  DeviceBuffer of(float... values) {
    return put(MemorySegment.ofArray(values));
  }

  DeviceBuffer of(double... values) {
    return put(MemorySegment.ofArray(values));
  }

  private DeviceBuffer put(MemorySegment values) {
    DeviceBuffer buffer = empty(values.byteSize());
    stream.copyToDevice(buffer, values);
    return buffer;
  }

  void launch(Kernel kernel, LaunchShape shape, KernelArguments.Builder arguments) {
    stream.launch(kernel, shape, arguments.build());
  }

  long[] longs(DeviceBuffer buffer) {
    long[] values = new long[(int) (buffer.byteSize() / 8)];
    stream.copyToHost(MemorySegment.ofArray(values), buffer);
    return values;
  }

  int[] ints(DeviceBuffer buffer) {
    int[] values = new int[(int) (buffer.byteSize() / 4)];
    stream.copyToHost(MemorySegment.ofArray(values), buffer);
    return values;
  }

  float[] floats(DeviceBuffer buffer) {
    float[] values = new float[(int) (buffer.byteSize() / 4)];
    stream.copyToHost(MemorySegment.ofArray(values), buffer);
    return values;
  }

  double[] doubles(DeviceBuffer buffer) {
    double[] values = new double[(int) (buffer.byteSize() / 8)];
    stream.copyToHost(MemorySegment.ofArray(values), buffer);
    return values;
  }

  @Override
  public void close() {
    buffers.forEach(DeviceBuffer::close);
    device.close();
  }
}
