package dev.phoenix.device.junit;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;

/** Handles that report their closing to the device that created them. */
final class TrackedHandles {
  private TrackedHandles() {}

  /**
   * An event.
   *
   * @param owner the device that is told
   * @param actual what does the work
   */
  record TrackedEvent(TrackedDevice owner, Event actual) implements Event {
    @Override
    public boolean isComplete() {
      return actual.isComplete();
    }

    @Override
    public void synchronize() {
      actual.synchronize();
    }

    @Override
    public float millisecondsSince(Event start) {
      return actual.millisecondsSince(of(start));
    }

    @Override
    public void close() {
      actual.close();
      owner.closed(this);
    }

    static Event of(Event event) {
      return event instanceof TrackedEvent tracked ? tracked.actual : event;
    }
  }

  /**
   * A captured graph.
   *
   * @param owner the device that is told
   * @param actual what does the work
   */
  record TrackedGraph(TrackedDevice owner, Graph actual) implements Graph {
    @Override
    public int operations() {
      return actual.operations();
    }

    @Override
    public void close() {
      actual.close();
      owner.closed(this);
    }

    static Graph of(Graph graph) {
      return graph instanceof TrackedGraph tracked ? tracked.actual : graph;
    }
  }

  /**
   * A module; its kernels are the device's own.
   *
   * @param owner the device that is told
   * @param actual what does the work
   */
  record TrackedModule(TrackedDevice owner, KernelModule actual) implements KernelModule {
    @Override
    public String name() {
      return actual.name();
    }

    @Override
    public Kernel kernel(String entry) {
      return actual.kernel(entry);
    }

    @Override
    public void close() {
      actual.close();
      owner.closed(this);
    }
  }

  /**
   * A plan of a matrix product.
   *
   * @param owner the device that is told
   * @param actual what does the work
   */
  record TrackedMatmul(TrackedDevice owner, Matmul actual) implements Matmul {
    @Override
    public MatmulShape shape() {
      return actual.shape();
    }

    @Override
    public void run(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
      actual.run(TrackedStream.of(stream), c, a, b);
    }

    @Override
    public void runAdding(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
      actual.runAdding(TrackedStream.of(stream), c, a, b);
    }

    @Override
    public void close() {
      actual.close();
      owner.closed(this);
    }
  }
}
