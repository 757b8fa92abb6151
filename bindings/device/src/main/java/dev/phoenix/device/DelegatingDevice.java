package dev.phoenix.device;

/** A device that delegates all calls to another one; subclasses override some of them. */
public abstract class DelegatingDevice implements Device {
  private final Device device;

  /** A device in front of {@code device}. */
  protected DelegatingDevice(Device device) {
    this.device = device;
  }

  /** The device that calls are delegated to. */
  protected final Device delegate() {
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
