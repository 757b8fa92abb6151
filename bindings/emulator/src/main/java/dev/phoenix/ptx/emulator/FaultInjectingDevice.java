package dev.phoenix.ptx.emulator;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A device that refuses one chosen call: the n-th allocation, stream, event, module or plan from
 * now on. For tests that a failure leaves nothing behind: count the calls of an operation with
 * {@link #calls}, then repeat it once for each of them with {@link #failCall}.
 *
 * <p>What it makes is made by the device that it wraps, and is used with that device's other
 * objects. It may wrap any device.
 */
public final class FaultInjectingDevice implements Device {
  /** What {@link DeviceException#error} is of an injected fault. */
  public static final String INJECTED = "INJECTED_FAULT";

  private final Device device;
  private long calls;
  private long refused;
  private Optional<DeviceException> fault = Optional.empty();

  private FaultInjectingDevice(Device device) {
    this.device = device;
  }

  /** Wraps {@code device}, which is closed with this; refuses nothing yet. */
  public static FaultInjectingDevice create(Device device) {
    return new FaultInjectingDevice(device);
  }

  /** The calls that made something, since the last {@link #failCall} or {@link #failNone}. */
  public synchronized long calls() {
    return calls;
  }

  /**
   * Refuses one call, counted from now.
   *
   * @param number of the call, from 1
   */
  public synchronized void failCall(long number) {
    if (number < 1) {
      throw new IllegalArgumentException("calls are counted from 1, found " + number);
    }
    reset(number);
  }

  /** Refuses nothing from now on. */
  public synchronized void failNone() {
    reset(0);
  }

  private void reset(long number) {
    calls = 0;
    refused = number;
    fault = Optional.empty();
  }

  /** The exception that was thrown, once the chosen call was made. */
  public synchronized Optional<DeviceException> fault() {
    return fault;
  }

  private synchronized void count(String call) {
    calls++;
    if (calls == refused) {
      DeviceException injected =
          new DeviceException(call, INJECTED, "Call " + calls + " was chosen to fail.");
      fault = Optional.of(injected);
      throw injected;
    }
  }

  private <T> T made(String call, Supplier<T> maker) {
    count(call);
    return maker.get();
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
    return made("allocate(" + byteSize + ")", () -> device.allocate(byteSize));
  }

  @Override
  public HostBuffer allocateHost(long byteSize) {
    return made("allocateHost(" + byteSize + ")", () -> device.allocateHost(byteSize));
  }

  @Override
  public MappedBuffer allocateMapped(long byteSize) {
    return made("allocateMapped(" + byteSize + ")", () -> device.allocateMapped(byteSize));
  }

  @Override
  public Stream createStream() {
    return made("createStream()", device::createStream);
  }

  @Override
  public Event createEvent() {
    return made("createEvent()", device::createEvent);
  }

  @Override
  public KernelModule loadModule(String name, byte[] image) {
    return made("loadModule(" + name + ")", () -> device.loadModule(name, image));
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    return made("planMatmul(" + shape + ")", () -> device.planMatmul(shape));
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
