package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DelegatingDevice;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
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
 * A device that refuses one chosen call: the n-th allocation, or the n-th of allocations, streams,
 * events, modules and plans together. For tests that a failed operation leaks nothing: count its
 * calls with {@link #calls}, then repeat it once per call with {@link #failCall}.
 *
 * <p>Objects are created by the wrapped device and used with its other objects. Any device may be
 * wrapped.
 */
public final class FaultInjectingDevice extends DelegatingDevice {
  /** The {@link DeviceException#error} of an injected fault. */
  public static final String INJECTED = "INJECTED_FAULT";

  private long calls;
  private long allocations;
  private long refusedCall;
  private long refusedAllocation;
  private Optional<DeviceException> fault = Optional.empty();

  private FaultInjectingDevice(Device device) {
    super(device);
  }

  /** Wraps {@code device} and takes ownership of it. No fault is set. */
  public static FaultInjectingDevice create(Device device) {
    return new FaultInjectingDevice(device);
  }

  /** Number of creating calls, including refused ones, since the last {@code fail} method. */
  public synchronized long calls() {
    return calls;
  }

  /** Number of memory allocations among {@link #calls}. */
  public synchronized long allocations() {
    return allocations;
  }

  /**
   * Refuses one call, counted from now.
   *
   * @param number of the call, from 1
   */
  public synchronized void failCall(long number) {
    reset(position(number), 0);
  }

  /**
   * Refuses one allocation of device, pinned or mapped memory, counted from now.
   *
   * @param number of the allocation, from 1
   */
  public synchronized void failAllocation(long number) {
    reset(0, position(number));
  }

  /** Refuses nothing from now on. */
  public synchronized void failNone() {
    reset(0, 0);
  }

  private static long position(long number) {
    if (number < 1) {
      throw new IllegalArgumentException("calls are counted from 1, found " + number);
    }
    return number;
  }

  private void reset(long call, long allocation) {
    calls = 0;
    allocations = 0;
    refusedCall = call;
    refusedAllocation = allocation;
    fault = Optional.empty();
  }

  /** The injected exception, if it has been thrown. */
  public synchronized Optional<DeviceException> fault() {
    return fault;
  }

  private synchronized void count(String call) {
    calls++;
    if (calls == refusedCall) {
      throw refusal(call);
    }
  }

  private DeviceException refusal(String call) {
    DeviceException injected =
        new DeviceException(call, INJECTED, "Call " + calls + " was chosen to fail.");
    fault = Optional.of(injected);
    return injected;
  }

  private <T> T made(String call, Supplier<T> maker) {
    count(call);
    return maker.get();
  }

  private synchronized <T> T allocated(String call, Supplier<T> maker) {
    allocations++;
    count(call);
    if (allocations == refusedAllocation) {
      throw refusal(call);
    }
    return maker.get();
  }

  @Override
  public DeviceBuffer allocate(long byteSize) {
    return allocated("allocate(" + byteSize + ")", () -> delegate().allocate(byteSize));
  }

  @Override
  public HostBuffer allocateHost(long byteSize) {
    return allocated("allocateHost(" + byteSize + ")", () -> delegate().allocateHost(byteSize));
  }

  @Override
  public MappedBuffer allocateMapped(long byteSize) {
    return allocated("allocateMapped(" + byteSize + ")", () -> delegate().allocateMapped(byteSize));
  }

  @Override
  public Stream createStream() {
    return made("createStream()", delegate()::createStream);
  }

  @Override
  public Event createEvent() {
    return made("createEvent()", delegate()::createEvent);
  }

  @Override
  public KernelModule loadModule(String name, byte[] image) {
    return made("loadModule(" + name + ")", () -> delegate().loadModule(name, image));
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    return made("planMatmul(" + shape + ")", () -> delegate().planMatmul(shape));
  }
}
