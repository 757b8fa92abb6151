package dev.phoenix.serving;

import dev.phoenix.device.DeviceException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges by the outcomes of batches whether requests should be sent here. A device that is lost
 * never comes back within the process. Other failures that repeat make the engine unhealthy until a
 * batch succeeds, or some time has passed in which the next requests may try. Thread-safe.
 */
final class BatchHealth {
  /** Failures of the device in a row that mean that it is lost. */
  static final int DEVICE_FAILURES = 3;

  /** Failures of any kind in a row that make the engine unhealthy. */
  static final int FAILURES = 5;

  /** The time after which an unhealthy engine is tried again. */
  static final Duration RETRY = Duration.ofSeconds(10);

  private final Ticker ticker;
  private volatile Consumer<Throwable> whenLost = _ -> {};
  private volatile Runnable whenChanged = () -> {};
  private int failures;
  private int deviceFailures;
  private long lastFailure;
  private boolean isLost;

  /** A healthy engine. */
  BatchHealth(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Sets what is told, once and on the thread of the batch, when the device is lost. */
  void whenLost(Consumer<Throwable> listener) {
    whenLost = listener;
  }

  /** Sets what is told, on the thread of the batch, when the engine becomes healthy or ceases. */
  void whenChanged(Runnable listener) {
    whenChanged = listener;
  }

  /** A batch was computed. */
  void succeeded() {
    boolean changed;
    synchronized (this) {
      changed = failures >= FAILURES;
      failures = 0;
      deviceFailures = 0;
    }
    if (changed) {
      whenChanged.run();
    }
  }

  /** A batch failed. */
  void failed(Throwable failure) {
    if (count(failure)) {
      whenLost.accept(failure);
    }
    boolean changed;
    synchronized (this) {
      changed = failures >= FAILURES;
    }
    if (changed) {
      whenChanged.run();
    }
  }

  /** Counts a failure; returns whether the device is lost by it. */
  private synchronized boolean count(Throwable failure) {
    failures++;
    lastFailure = ticker.nanos();
    DeviceException ofDevice = ofDevice(failure);
    deviceFailures = ofDevice == null ? 0 : deviceFailures + 1;
    boolean before = isLost;
    isLost |= ofDevice != null && (ofDevice.losesDevice() || deviceFailures >= DEVICE_FAILURES);
    return isLost && !before;
  }

  private static @Nullable DeviceException ofDevice(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DeviceException ofDevice) {
        return ofDevice;
      }
    }
    return null;
  }

  /** Whether requests should be sent here. */
  synchronized boolean isHealthy() {
    return !isLost && (failures < FAILURES || ticker.nanos() - lastFailure >= RETRY.toNanos());
  }
}
