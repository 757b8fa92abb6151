package dev.phoenix.bench.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;

/**
 * A device that remembers which graphs were launched and what is in them, so that a benchmark can
 * replay the computation of a request without its copies from the host. Owns what it wraps.
 */
final class TracedDevice implements Device {
  private final Device device;
  private final Trace trace;

  private TracedDevice(Device device, Trace trace) {
    this.device = device;
    this.trace = trace;
  }

  static TracedDevice of(Device device) {
    return new TracedDevice(device, new Trace());
  }

  /** What ran. */
  Trace trace() {
    return trace;
  }

  /** The device itself, for work that is not to be traced. */
  Device inner() {
    return device;
  }

  @Override
  public DeviceProperties properties() {
    return device.properties();
  }

  @Override
  public long freeMemoryBytes() {
    return device.freeMemoryBytes();
  }

  @Override
  public long liveBytes() {
    return device.liveBytes();
  }

  @Override
  public DeviceBuffer allocate(long byteSize) {
    return device.allocate(byteSize);
  }

  @Override
  public HostBuffer allocateHost(long byteSize) {
    return device.allocateHost(byteSize);
  }

  @Override
  public MappedBuffer allocateMapped(long byteSize) {
    return device.allocateMapped(byteSize);
  }

  @Override
  public Stream createStream() {
    return new TracedStream(device.createStream(), trace);
  }

  @Override
  public Event createEvent() {
    return device.createEvent();
  }

  @Override
  public KernelModule loadModule(String name, byte[] image) {
    return device.loadModule(name, image);
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    return new TracedMatmul(device.planMatmul(shape));
  }

  @Override
  public void synchronize() {
    device.synchronize();
  }

  @Override
  public void close() {
    device.close();
  }
}
