package dev.phoenix.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.ptx.emulator.FaultInjectingDevice;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Repeats work on an emulated device once for each allocation, stream, module and plan that it
 * creates, and makes that one fail. Checks that nothing stays allocated on the device and that the
 * exception is the injected one or has it as a cause.
 */
public final class FaultSweep {
  private static final EmulatorOptions OPTIONS =
      EmulatorOptions.strict().withChecks(EmulatorOptions.Checks.NONE).withWorkers(1);

  private FaultSweep() {}

  /**
   * Sweeps over work that opens a device's operations, uses them and closes them.
   *
   * @param work closes the device, even if it throws
   * @return the number of injected faults
   */
  public static long overAll(Consumer<Device> work) {
    long number = 0;
    Optional<DeviceException> fault;
    try (KeptModulesDevice kept = new KeptModulesDevice(EmulatedDevice.create(OPTIONS))) {
      do {
        KeptModulesDevice.Opened opened = kept.open();
        FaultInjectingDevice device = FaultInjectingDevice.create(opened);
        device.failCall(++number);
        try {
          work.accept(device);
        } catch (RuntimeException failed) {
          requireCause(failed, device);
        }
        fault = device.fault();
        assertEquals(List.of(), opened.live(), "left after fault " + number + ": " + fault);
      } while (fault.isPresent());
    }
    return number - 1;
  }

  /**
   * An object that is opened with operations and then used.
   *
   * @param operations opens operations on a device, which they own; no fault is injected here
   * @param open opens the object with the operations
   * @param use computes with the object; returns the same values at every call
   */
  public record Subject<O extends AutoCloseable, M extends AutoCloseable>(
      Function<Device, O> operations, Function<O, M> open, Function<M, float[]> use) {}

  /**
   * Sweeps over opening and using {@code subject}. After a fault, it is tried again with the same
   * operations and must give the same values as without a fault.
   *
   * @return the number of injected faults
   */
  public static <O extends AutoCloseable, M extends AutoCloseable> long over(
      Subject<O, M> subject) {
    try (KeptModulesDevice kept = new KeptModulesDevice(EmulatedDevice.create(OPTIONS))) {
      FaultInjectingDevice sound = FaultInjectingDevice.create(kept.open());
      float[] expected = run(subject, sound, Long.MAX_VALUE);
      long calls = sound.calls();
      for (long number = 1; number <= calls; number++) {
        KeptModulesDevice.Opened opened = kept.open();
        FaultInjectingDevice device = FaultInjectingDevice.create(opened);
        assertArrayEquals(expected, run(subject, device, number), "after the fault " + number);
        assertEquals(List.of(), opened.live(), "left after fault " + number);
      }
      return calls;
    }
  }

  private static <O extends AutoCloseable, M extends AutoCloseable> float[] run(
      Subject<O, M> subject, FaultInjectingDevice device, long number) {
    try (Closer opened = new Closer()) {
      O operations = opened.own(subject.operations().apply(device));
      device.failCall(number);
      M model = opened.own(retried(device, () -> subject.open().apply(operations)));
      return retried(device, () -> subject.use().apply(model));
    }
  }

  /** Calls {@code work}, and once more after the fault. */
  private static <T> T retried(FaultInjectingDevice device, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException failed) {
      requireCause(failed, device);
      return work.get();
    }
  }

  private static void requireCause(RuntimeException failed, FaultInjectingDevice device) {
    DeviceException fault = device.fault().orElseThrow(() -> failed);
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause.equals(fault)) {
        requireNoSuppressed(failed);
        return;
      }
    }
    throw new AssertionError("expected " + fault + " or an exception that it caused", failed);
  }

  /** Fails if the exception has a suppressed one, which indicates an error while closing. */
  private static void requireNoSuppressed(Throwable failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause.getSuppressed().length > 0) {
        throw new AssertionError("closing after the fault failed", failed);
      }
    }
  }
}
