package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Event;

/** A point in time; the work before it is already complete. */
final class EmulatedEvent implements Event {
  private final EmulatedDevice device;
  private boolean recorded;
  private boolean closed;
  private long nanos;

  private EmulatedEvent(EmulatedDevice device) {
    this.device = device;
  }

  static EmulatedEvent create(EmulatedDevice device) {
    return new EmulatedEvent(device);
  }

  void record() {
    checkOpen();
    recorded = true;
    nanos = System.nanoTime();
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the event is closed");
    }
  }

  @Override
  public boolean isComplete() {
    checkOpen();
    return true;
  }

  @Override
  public void synchronize() {
    checkOpen();
  }

  @Override
  public float millisecondsSince(Event start) {
    checkOpen();
    if (!(start instanceof EmulatedEvent other)) {
      throw new IllegalArgumentException("an event of another device");
    }
    other.checkOpen();
    if (!recorded || !other.recorded) {
      throw new DeviceException(
          "millisecondsSince", "NOT_RECORDED", "Record both events on a stream first.");
    }
    return (nanos - other.nanos) / 1e6f;
  }

  @Override
  public void close() {
    closed = true;
    device.handleClosed(this);
  }
}
