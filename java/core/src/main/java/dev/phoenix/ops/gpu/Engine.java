package dev.phoenix.ops.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.lifecycle.Closer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The device, its memory and the work recorded for it. Work runs when a result is read, when the
 * staging is full, and before memory is given back. The first engine of a device owns it; its lanes
 * share device and kernels, and have a stream, staging and graphs of their own.
 */
final class Engine implements AutoCloseable {
  private static final long STAGING_BYTES = 1 << 20;

  private final Device device;
  private final KernelLibrary library;
  private final Closer parts;
  private final Stream stream;
  private final Recorder recorder = new Recorder();
  private final Staging staging;
  private final Graphs graphs;
  private final List<Runnable> beforeNextPass = new ArrayList<>();
  private HostBuffer results;

  private Engine(Closer parts, Device device, KernelLibrary library) {
    this.parts = parts;
    this.device = device;
    this.library = library;
    this.stream = parts.own(device.createStream());
    this.staging = parts.own(Staging.create(device, STAGING_BYTES));
    this.results = device.allocateHost(STAGING_BYTES);
    parts.own(() -> results.close());
    this.graphs = parts.own(new Graphs(stream));
  }

  /** An engine that owns {@code device}, even where this throws. */
  static Engine create(Device device, KernelLibrary.Form form) {
    return Closer.open(
        parts -> {
          parts.own(device);
          return new Engine(parts, device, parts.own(KernelLibrary.create(device, form)));
        });
  }

  /** An engine for another thread, closed before this one; what was recorded here runs first. */
  Engine lane() {
    run();
    return Closer.open(parts -> new Engine(parts, device, library));
  }

  Device device() {
    return device;
  }

  /** The kernels on the device. */
  KernelLibrary library() {
    return library;
  }

  /** Where kernels and products are recorded. */
  Recorder recorder() {
    return recorder;
  }

  Graphs graphs() {
    return graphs;
  }

  /** Calls {@code listener} whenever what was staged so far has gone. */
  void onRun(Runnable listener) {
    beforeNextPass.add(listener);
  }

  /** Zeroed device memory. */
  DeviceBuffer allocate(long byteSize) {
    return filled(
        device.allocate(Math.max(1, byteSize)),
        buffer -> {
          stream.fill(buffer, (byte) 0);
          stream.synchronize();
        });
  }

  /** Zeroed device memory that {@code owner} frees. */
  DeviceBuffer allocate(Closer owner, long byteSize) {
    DeviceBuffer buffer = allocate(byteSize);
    owner.own(() -> free(buffer));
    return buffer;
  }

  /** {@code buffer} after {@code filling}; closed if that throws. */
  static <B extends DeviceBuffer> B filled(B buffer, Consumer<? super B> filling) {
    return Closer.open(
        owner -> {
          filling.accept(owner.own(buffer));
          return buffer;
        });
  }

  /** Gives memory back, even where this throws; what was recorded before runs first. */
  void free(DeviceBuffer buffer) {
    try (Closer last = new Closer()) {
      last.own(buffer);
      last.own(graphs::forgetAll);
      run();
    }
  }

  /** Copies to the device at once. */
  void upload(DeviceMemory to, MemorySegment from) {
    stream.copyToDevice(to, from);
    stream.synchronize();
  }

  /**
   * Makes sure that slots of {@code byteSize} bytes together can be staged without a run between
   * them: a run would take the first away. An operation gets its scratch memory before that.
   */
  void reserve(long byteSize) {
    if (!staging.fits(byteSize)) {
      run();
      graphs.forgetAll();
      staging.grow(byteSize);
    }
  }

  /** A slot of the staging buffer, to be filled by the caller. */
  Staging.Slot stage(long byteSize) {
    reserve(byteSize);
    return staging.cut(byteSize);
  }

  /** Stages {@code count} integers and zeros (or {@code padding}) up to {@code padded} of them. */
  DeviceMemory stageIntegers(int[] values, int count, int padded, int padding) {
    Staging.Slot slot = stage((long) padded * Integer.BYTES);
    MemorySegment.copy(values, 0, slot.host(), ValueLayout.JAVA_INT, 0, count);
    for (int i = count; i < padded; i++) {
      slot.host().setAtIndex(ValueLayout.JAVA_INT, i, padding);
    }
    return slot.device();
  }

  /** Stages {@code count} floats from {@code from} on, and zeros up to {@code padded} of them. */
  DeviceMemory stageFloats(float[] values, int from, int count, int padded) {
    Staging.Slot slot = stage((long) padded * Float.BYTES);
    MemorySegment.copy(values, from, slot.host(), ValueLayout.JAVA_FLOAT, 0, count);
    for (int i = count; i < padded; i++) {
      slot.host().setAtIndex(ValueLayout.JAVA_FLOAT, i, 0);
    }
    return slot.device();
  }

  /** Runs what was recorded and waits for it. */
  void run() {
    if (!recorder.commands().isEmpty()) {
      if (!staging.isEmpty()) {
        recorder.commands().addFirst(staging.upload());
      }
      try {
        graphs.run(recorder.commands());
        stream.synchronize();
      } finally {
        recorder.clear();
      }
    }
    staging.restart();
    beforeNextPass.forEach(Runnable::run);
  }

  /** Runs what was recorded and reads {@code memory}; valid until the next reading. */
  MemorySegment read(DeviceMemory memory) {
    run();
    if (results.byteSize() < memory.byteSize()) {
      HostBuffer larger = device.allocateHost(2 * memory.byteSize());
      results.close();
      results = larger;
    }
    MemorySegment to = results.segment().asSlice(0, memory.byteSize());
    stream.copyToHost(to, memory);
    stream.synchronize();
    return to;
  }

  @Override
  public void close() {
    recorder.clear();
    parts.close();
  }
}
