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
 * A device, its memory and the commands recorded for it. Commands run when a result is read, when
 * the staging buffer is full, and before memory is freed. The first engine of a device owns it. Its
 * lanes share the device and the kernels and have their own stream, staging buffer and graphs.
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

  /** Creates an engine that owns {@code device}; the device is closed if this throws. */
  static Engine create(Device device, KernelLibrary.Form form) {
    return Closer.open(
        parts -> {
          parts.own(device);
          return new Engine(parts, device, parts.own(KernelLibrary.create(device, form)));
        });
  }

  /**
   * Runs the recorded commands and creates an engine for another thread, which must be closed
   * before this one.
   */
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

  /** The recorder of kernel launches and products. */
  Recorder recorder() {
    return recorder;
  }

  Graphs graphs() {
    return graphs;
  }

  /** Calls {@code listener} after every run, when all staged data is invalid. */
  void onRun(Runnable listener) {
    beforeNextPass.add(listener);
  }

  /** Allocates zeroed device memory. */
  DeviceBuffer allocate(long byteSize) {
    return filled(
        device.allocate(Math.max(1, byteSize)),
        buffer -> {
          stream.fill(buffer, (byte) 0);
          stream.synchronize();
        });
  }

  /** Allocates zeroed device memory that {@code owner} frees. */
  DeviceBuffer allocate(Closer owner, long byteSize) {
    DeviceBuffer buffer = allocate(byteSize);
    owner.own(() -> free(buffer));
    return buffer;
  }

  /** Fills {@code buffer} and returns it; closes it if {@code filling} throws. */
  static <B extends DeviceBuffer> B filled(B buffer, Consumer<? super B> filling) {
    return Closer.open(
        owner -> {
          filling.accept(owner.own(buffer));
          return buffer;
        });
  }

  /** Runs the recorded commands and frees {@code buffer}, which is freed even if the run throws. */
  void free(DeviceBuffer buffer) {
    try (Closer last = new Closer()) {
      last.own(buffer);
      last.own(graphs::forgetAll);
      run();
    }
  }

  /** Copies to the device and waits for the copy. */
  void upload(DeviceMemory to, MemorySegment from) {
    stream.copyToDevice(to, from);
    stream.synchronize();
  }

  /**
   * Ensures that slots of {@code byteSize} bytes in total can be staged without a run in between,
   * which would invalidate the first of them. Operations must allocate scratch memory before this
   * call, because that may cause a run.
   */
  void reserve(long byteSize) {
    if (!staging.fits(byteSize)) {
      run();
      graphs.forgetAll();
      staging.grow(byteSize);
    }
  }

  /** Reserves a slot of the staging buffer, which the caller fills. */
  Staging.Slot stage(long byteSize) {
    reserve(byteSize);
    return staging.cut(byteSize);
  }

  /** Stages {@code count} integers, followed by {@code padding} up to {@code padded} integers. */
  DeviceMemory stageIntegers(int[] values, int count, int padded, int padding) {
    Staging.Slot slot = stage((long) padded * Integer.BYTES);
    MemorySegment.copy(values, 0, slot.host(), ValueLayout.JAVA_INT, 0, count);
    for (int i = count; i < padded; i++) {
      slot.host().setAtIndex(ValueLayout.JAVA_INT, i, padding);
    }
    return slot.device();
  }

  /**
   * Stages {@code count} floats of {@code values[from..]}, followed by zeros up to {@code padded}
   * floats.
   */
  DeviceMemory stageFloats(float[] values, int from, int count, int padded) {
    Staging.Slot slot = stage((long) padded * Float.BYTES);
    MemorySegment.copy(values, from, slot.host(), ValueLayout.JAVA_FLOAT, 0, count);
    for (int i = count; i < padded; i++) {
      slot.host().setAtIndex(ValueLayout.JAVA_FLOAT, i, 0);
    }
    return slot.device();
  }

  /** Runs the recorded commands and waits for them. */
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

  /**
   * Runs the recorded commands and copies {@code memory} to the host; the result is valid until the
   * next call.
   */
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
