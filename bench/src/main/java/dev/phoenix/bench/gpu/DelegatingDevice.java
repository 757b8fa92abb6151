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

/** A device that delegates all calls to another one. */
abstract class DelegatingDevice implements Device {
  private final Device device;

  DelegatingDevice(Device device) {
    this.device = device;
  }

  /** The device that calls are delegated to. */
  final Device inner() {
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
    return device.createStream();
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
    return device.planMatmul(shape);
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
