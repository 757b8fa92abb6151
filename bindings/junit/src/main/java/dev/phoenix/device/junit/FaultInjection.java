package dev.phoenix.device.junit;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fails a chosen acquisition of the test's device, as a parameter of an {@link OnDevice} test.
 *
 * <p>An acquisition is anything that must be closed: memory, a stream, an event, a module, a plan
 * of a matrix product. What the kit itself opens for the test's other parameters is not counted.
 */
public final class FaultInjection {
  /** The symbolic error of an injected fault. */
  public static final String ERROR = "INJECTED_FAULT";

  private static final int MAX_SWEEP = 100_000;

  private final TrackedDevice device;
  private int acquisitions;
  private int allocations;
  private int failingAcquisition;
  private int failingAllocation;
  private boolean fired;

  FaultInjection(TrackedDevice device) {
    this.device = device;
  }

  /**
   * Fails the n-th allocation of memory from now on, once.
   *
   * @param n counted from 1
   */
  public void failAllocation(int n) {
    arm(0, position(n));
  }

  /**
   * Fails the n-th acquisition of any kind from now on, once.
   *
   * @param n counted from 1
   */
  public void failAcquisition(int n) {
    arm(position(n), 0);
  }

  private static int position(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("counted from 1, not " + n);
    }
    return n;
  }

  private void arm(int acquisition, int allocation) {
    acquisitions = 0;
    allocations = 0;
    failingAcquisition = acquisition;
    failingAllocation = allocation;
    fired = false;
  }

  /** Whether the fault that was asked for last has occurred. */
  public boolean fired() {
    return fired;
  }

  /** Allocations of memory since the last fault was asked for, the failed one included. */
  public int allocations() {
    return allocations;
  }

  /**
   * Runs a body once for each acquisition it makes, failing the first, then the second, and so on,
   * until it runs without a fault. Each failed run must throw the injected fault, as itself or as a
   * cause, and must leave open no more than was open before.
   *
   * @param body takes the device, closes what it opens
   * @return how many acquisitions were failed
   * @throws AssertionError at the first fault that is swallowed or leaves something open
   */
  public int sweep(Consumer<Device> body) {
    for (int n = 1; n < MAX_SWEEP; n++) {
      Leaks before = device.leaks();
      failAcquisition(n);
      DeviceException thrown = run(body);
      boolean done = !fired;
      arm(0, 0);
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

  /** Counts an allocation of memory, or fails it. */
  void allocation(String call) {
    allocations++;
    acquisition(call, allocations == failingAllocation);
  }

  /** Counts an acquisition of another kind, or fails it. */
  void acquisition(String call) {
    acquisition(call, false);
  }

  private void acquisition(String call, boolean fails) {
    acquisitions++;
    if (fails || acquisitions == failingAcquisition) {
      fired = true;
      throw new DeviceException(
          call, ERROR, "This test fails acquisition " + acquisitions + " on purpose.");
    }
  }
}
