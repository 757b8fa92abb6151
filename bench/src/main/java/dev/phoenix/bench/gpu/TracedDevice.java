package dev.phoenix.bench.gpu;

import dev.phoenix.device.DelegatingDevice;
import dev.phoenix.device.Device;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;

/**
 * A device that records launched graphs and their operations, so that a benchmark can replay the
 * computation of a request without its copies from the host. Owns the wrapped device.
 */
final class TracedDevice extends DelegatingDevice {
  private final Trace trace;

  private TracedDevice(Device device, Trace trace) {
    super(device);
    this.trace = trace;
  }

  static TracedDevice of(Device device) {
    return new TracedDevice(device, new Trace());
  }

  /** The device without the trace. */
  Device inner() {
    return delegate();
  }

  /** The record of launched graphs. */
  Trace trace() {
    return trace;
  }

  @Override
  public Stream createStream() {
    return new TracedStream(delegate().createStream(), trace);
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    return new TracedMatmul(delegate().planMatmul(shape));
  }
}
