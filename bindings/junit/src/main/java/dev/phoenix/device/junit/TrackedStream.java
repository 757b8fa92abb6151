package dev.phoenix.device.junit;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;

/** A stream that reports its closing, and that of its graphs, to the device that created it. */
final class TrackedStream implements Stream {
  private final TrackedDevice owner;
  private final Stream actual;

  TrackedStream(TrackedDevice owner, Stream actual) {
    this.owner = owner;
    this.actual = actual;
  }

  static Stream of(Stream stream) {
    return stream instanceof TrackedStream tracked ? tracked.actual : stream;
  }

  @Override
  public void copyToDevice(DeviceMemory destination, MemorySegment source) {
    actual.copyToDevice(destination, source);
  }

  @Override
  public void copyToHost(MemorySegment destination, DeviceMemory source) {
    actual.copyToHost(destination, source);
  }

  @Override
  public void copy(DeviceMemory destination, DeviceMemory source) {
    actual.copy(destination, source);
  }

  @Override
  public void fill(DeviceMemory destination, byte value) {
    actual.fill(destination, value);
  }

  @Override
  public void launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) {
    actual.launch(kernel, shape, arguments);
  }

  @Override
  public void launch(Graph graph) {
    actual.launch(TrackedHandles.TrackedGraph.of(graph));
  }

  @Override
  public void record(Event event) {
    actual.record(TrackedHandles.TrackedEvent.of(event));
  }

  @Override
  public void waitFor(Event event) {
    actual.waitFor(TrackedHandles.TrackedEvent.of(event));
  }

  @Override
  public void synchronize() {
    actual.synchronize();
  }

  @Override
  public void beginCapture() {
    actual.beginCapture();
  }

  @Override
  public Graph endCapture() {
    Graph graph = actual.endCapture();
    return owner.opened(new TrackedHandles.TrackedGraph(owner, graph), "a graph");
  }

  @Override
  public void close() {
    actual.close();
    owner.closed(this);
  }
}
