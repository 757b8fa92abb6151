package dev.phoenix.bench.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A stream that delegates all calls and reports captures and launches to a {@link Trace}. */
final class TracedStream implements Stream {
  private final Stream stream;
  private final Trace trace;

  TracedStream(Stream stream, Trace trace) {
    this.stream = stream;
    this.trace = trace;
  }

  /** Runs {@code operation} and records it as part of the computation. */
  void perform(Consumer<Stream> operation) {
    operation.accept(stream);
    trace.performed(operation);
  }

  /** Like {@link #perform} for a product. */
  void multiply(Trace.Product product) {
    perform(product.operation());
    trace.multiplied(product);
  }

  @Override
  public void copyToDevice(DeviceMemory destination, MemorySegment source) {
    stream.copyToDevice(destination, source);
    trace.uploaded(source.byteSize());
  }

  @Override
  public void copyToHost(MemorySegment destination, DeviceMemory source) {
    stream.copyToHost(destination, source);
  }

  @Override
  public void copy(DeviceMemory destination, DeviceMemory source) {
    perform(inner -> inner.copy(destination, source));
  }

  @Override
  public void fill(DeviceMemory destination, byte value) {
    perform(inner -> inner.fill(destination, value));
  }

  @Override
  public void launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) {
    perform(inner -> inner.launch(kernel, shape, arguments));
  }

  @Override
  public void launch(Graph graph) {
    stream.launch(graph);
    trace.launched(graph);
  }

  @Override
  public void record(Event event) {
    stream.record(event);
  }

  @Override
  public void waitFor(Event event) {
    stream.waitFor(event);
  }

  @Override
  public void synchronize() {
    stream.synchronize();
  }

  @Override
  public void beginCapture() {
    stream.beginCapture();
    trace.captureBegins();
  }

  @Override
  public Graph endCapture() {
    Graph graph = stream.endCapture();
    trace.captured(graph);
    return graph;
  }

  @Override
  public void close() {
    stream.close();
  }
}
