package dev.phoenix.device.junit;

import dev.phoenix.device.DelegatingDevice;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import dev.phoenix.ptx.emulator.FaultInjectingDevice;
import java.util.IdentityHashMap;

/**
 * The device passed to a test. It tracks open objects and where they were opened, and injects the
 * faults of {@link FaultInjection}. Handles are wrapped to observe their closing; memory is not.
 */
final class TrackedDevice extends DelegatingDevice {
  /** A piece of memory, and an access that throws once the memory is freed. */
  private record Memory(String description, Runnable use) {
    boolean isOpen() {
      try {
        use.run();
        return true;
      } catch (IllegalStateException closed) {
        return false;
      }
    }
  }

  private final FaultInjectingDevice device;
  private final FaultInjection faults;
  private final IdentityHashMap<Object, Memory> memory = new IdentityHashMap<>();
  private final IdentityHashMap<Object, String> handles = new IdentityHashMap<>();

  TrackedDevice(Device device) {
    this(FaultInjectingDevice.create(device));
  }

  private TrackedDevice(FaultInjectingDevice device) {
    super(device);
    this.device = device;
    this.faults = new FaultInjection(this, device);
  }

  FaultInjection faults() {
    return faults;
  }

  /** The open objects. */
  synchronized Leaks leaks() {
    memory.values().removeIf(m -> !m.isOpen());
    IdentityHashMap<Object, String> open = new IdentityHashMap<>(handles);
    memory.forEach((buffer, m) -> open.put(buffer, m.description()));
    return new Leaks(open);
  }

  private static String opened(String what) {
    String here = TrackedDevice.class.getPackageName();
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(f -> !isKit(f.getClassName(), here))
                    .findFirst()
                    .map(f -> what + ", opened at " + f.toStackTraceElement())
                    .orElse(what));
  }

  /** Whether it is a class of the extension itself; tests may be in the same package. */
  private static boolean isKit(String name, String here) {
    return name.equals(here + ".TrackedDevice")
        || name.equals(here + ".TrackedStream")
        || name.equals(here + ".DeviceArrays");
  }

  private <T> T tracked(T buffer, long bytes, String kind, Runnable use) {
    memory.put(buffer, new Memory(opened(bytes + " bytes of " + kind + " memory"), use));
    return buffer;
  }

  <T> T opened(T handle, String what) {
    synchronized (this) {
      handles.put(handle, opened(what));
    }
    return handle;
  }

  synchronized void closed(Object handle) {
    handles.remove(handle);
  }

  @Override
  public synchronized DeviceBuffer allocate(long byteSize) {
    DeviceBuffer buffer = device.allocate(byteSize);
    return tracked(buffer, byteSize, "device", buffer::address);
  }

  @Override
  public synchronized HostBuffer allocateHost(long byteSize) {
    HostBuffer buffer = device.allocateHost(byteSize);
    return tracked(buffer, byteSize, "pinned host", () -> buffer.segment().byteSize());
  }

  @Override
  public synchronized MappedBuffer allocateMapped(long byteSize) {
    MappedBuffer buffer = device.allocateMapped(byteSize);
    return tracked(buffer, byteSize, "mapped host", buffer::address);
  }

  @Override
  public Stream createStream() {
    return opened(new TrackedStream(this, device.createStream()), "a stream");
  }

  @Override
  public Event createEvent() {
    return opened(new TrackedHandles.TrackedEvent(this, device.createEvent()), "an event");
  }

  @Override
  public KernelModule loadModule(String name, byte[] image) {
    KernelModule module = device.loadModule(name, image);
    return opened(new TrackedHandles.TrackedModule(this, module), "module " + name);
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    Matmul plan = device.planMatmul(shape);
    return opened(new TrackedHandles.TrackedMatmul(this, plan), "a plan of a matrix product");
  }

  @Override
  public void close() {
    throw new IllegalStateException("the kit closes the device of a test, at the end of the test");
  }
}
