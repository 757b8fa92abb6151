package dev.phoenix.device.junit;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import dev.phoenix.ptx.emulator.FaultInjectingDevice;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fails a chosen acquisition of the test's device, as a parameter of an {@link OnDevice} test.
 *
 * <p>An acquisition is anything that must be closed: memory, a stream, an event, a module, a plan
 * of a matrix product. Objects that the extension opens for other parameters are not counted.
 */
public final class FaultInjection {
  /** The symbolic error of an injected fault. */
  public static final String ERROR = FaultInjectingDevice.INJECTED;

  private static final int MAX_SWEEP = 100_000;

  private final TrackedDevice device;
  private final FaultInjectingDevice faulty;

  /** Faults of {@code faulty}, which {@code device} tracks. */
  FaultInjection(TrackedDevice device, FaultInjectingDevice faulty) {
    this.device = device;
    this.faulty = faulty;
  }

  /**
   * Fails the n-th allocation of memory from now on, once.
   *
   * @param n counted from 1
   */
  public void failAllocation(int n) {
    faulty.failAllocation(n);
  }

  /**
   * Fails the n-th acquisition of any kind from now on, once.
   *
   * @param n counted from 1
   */
  public void failAcquisition(int n) {
    faulty.failCall(n);
  }

  /** Whether the last requested fault has occurred. */
  public boolean fired() {
    return faulty.fault().isPresent();
  }

  /** Number of memory allocations since the last fault was requested, including the failed one. */
  public long allocations() {
    return faulty.allocations();
  }

  /**
   * Runs a body once for each acquisition it makes, failing the first, then the second, and so on,
   * until it runs without a fault. Each failed run must throw the injected fault, directly or as a
   * cause, and must not leave anything open.
   *
   * @param body code under test; closes everything it opens
   * @return how many acquisitions were failed
   * @throws AssertionError at the first fault that is swallowed or leaves something open
   */
  public int sweep(Consumer<Device> body) {
    for (int n = 1; n < MAX_SWEEP; n++) {
      Leaks before = device.leaks();
      failAcquisition(n);
      DeviceException thrown = run(body);
      boolean done = !fired();
      faulty.failNone();
      if (done && thrown != null) {
        throw thrown;
      }
      if (!done && thrown == null) {
        throw new AssertionError("the fault in acquisition " + n + " was swallowed");
      }
      device.leaks().without(before).check("with a fault in acquisition " + n + ", the code");
      if (done) {
        return n - 1;
      }
    }
    throw new AssertionError("more than " + MAX_SWEEP + " acquisitions");
  }

  private @Nullable DeviceException run(Consumer<Device> body) {
    try {
      body.accept(device);
      return null;
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof DeviceException fault && fault.error().equals(ERROR)) {
          return fault;
        }
      }
      throw e;
    }
  }
}
