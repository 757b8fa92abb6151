package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A synchronous stream, so that a fault is thrown with the caller's stack trace. */
final class EmulatedStream implements Stream {
  private final EmulatedDevice device;
  private @Nullable List<Runnable> capture;
  private boolean closed;

  private EmulatedStream(EmulatedDevice device) {
    this.device = device;
  }

  static EmulatedStream create(EmulatedDevice device) {
    return new EmulatedStream(device);
  }

  /** Runs an operation, or records it during a capture. */
  void perform(Runnable operation) {
    checkOpen();
    List<Runnable> recording = capture;
    if (recording != null) {
      recording.add(operation);
    } else {
      operation.run();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the stream is closed");
    }
    device.checkOpen();
  }

  @Override
  public void copyToDevice(DeviceMemory destination, MemorySegment source) {
    checkSizes(destination.byteSize(), source.byteSize());
    perform(() -> EmulatedDevice.data(destination, Access.WRITE).copyFrom(source));
  }

  @Override
  public void copyToHost(MemorySegment destination, DeviceMemory source) {
    checkSizes(destination.byteSize(), source.byteSize());
    perform(() -> destination.copyFrom(EmulatedDevice.data(source, Access.READ)));
  }

  @Override
  public void copy(DeviceMemory destination, DeviceMemory source) {
    checkSizes(destination.byteSize(), source.byteSize());
    perform(
        () ->
            EmulatedDevice.data(destination, Access.WRITE)
                .copyFrom(EmulatedDevice.data(source, Access.READ)));
  }

  private static void checkSizes(long destination, long source) {
    if (destination != source) {
      throw new IllegalArgumentException(
          "copies " + source + " bytes to a place of " + destination);
    }
  }

  @Override
  public void fill(DeviceMemory destination, byte value) {
    perform(() -> EmulatedDevice.data(destination, Access.WRITE).fill(value));
  }

  @Override
  public void launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) {
    if (!(kernel instanceof EmulatedKernel emulated)) {
      throw new IllegalArgumentException("a kernel of another device: " + kernel.name());
    }
    perform(() -> device.launch(emulated, shape, arguments));
  }

  @Override
  public void launch(Graph graph) {
    if (!(graph instanceof EmulatedGraph emulated)) {
      throw new IllegalArgumentException("a graph of another device");
    }
    perform(emulated::replay);
  }

  @Override
  public void record(Event event) {
    if (!(event instanceof EmulatedEvent emulated)) {
      throw new IllegalArgumentException("an event of another device");
    }
    perform(emulated::record);
  }

  @Override
  public void waitFor(Event event) {
    if (!(event instanceof EmulatedEvent emulated)) {
      throw new IllegalArgumentException("an event of another device");
    }
    perform(emulated::checkOpen);
  }

  @Override
  public void synchronize() {
    checkOpen();
    if (capture != null) {
      throw new IllegalStateException("synchronize while a capture is under way");
    }
  }

  @Override
  public void beginCapture() {
    checkOpen();
    if (capture != null) {
      throw new IllegalStateException("a capture is already under way");
    }
    capture = new ArrayList<>();
  }

  @Override
  public Graph endCapture() {
    checkOpen();
    List<Runnable> recorded = capture;
    if (recorded == null) {
      throw new IllegalStateException("no capture is under way");
    }
    capture = null;
    return device.handle("a graph", EmulatedGraph.create(device, recorded));
  }

  @Override
  public void close() {
    closed = true;
    device.handleClosed(this);
  }
}
