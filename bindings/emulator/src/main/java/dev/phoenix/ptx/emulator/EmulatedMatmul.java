package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** A matrix product in plain Java over device memory, its rows split over all cores. */
final class EmulatedMatmul implements Matmul {
  private final EmulatedDevice device;
  private final MatmulShape shape;
  private final int workers;
  private final ExecutorService pool;
  private boolean closed;

  private EmulatedMatmul(EmulatedDevice device, MatmulShape shape, int workers) {
    this.device = device;
    this.shape = shape;
    this.workers = workers;
    this.pool = device.pool();
  }

  static EmulatedMatmul create(EmulatedDevice device, MatmulShape shape, int workers) {
    return new EmulatedMatmul(device, shape, workers);
  }

  @Override
  public MatmulShape shape() {
    return shape;
  }

  /** What becomes of the product. */
  enum Result {
    /** It is written over C. */
    WRITTEN,
    /** It is added to C. */
    ADDED
  }

  @Override
  public void run(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    perform(stream, c, a, b, Result.WRITTEN);
  }

  @Override
  public void runAdding(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    perform(stream, c, a, b, Result.ADDED);
  }

  private void perform(
      Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b, Result result) {
    if (closed) {
      throw new IllegalStateException("the plan is closed");
    }
    if (!(stream instanceof EmulatedStream emulated)) {
      throw new IllegalArgumentException("a stream of another device");
    }
    check("C", c, shape.byteSizeOfC());
    check("A", a, shape.byteSizeOfA());
    check("B", b, shape.byteSizeOfB());
    emulated.perform(() -> multiply(c, a, b, result));
  }

  private static void check(String operand, DeviceMemory memory, long bytes) {
    if (memory.byteSize() < bytes || memory.address() % 16 != 0) {
      throw new IllegalArgumentException(
          operand + " needs " + bytes + " bytes at a multiple of 16, not " + memory);
    }
  }

  private void multiply(DeviceMemory c, DeviceMemory a, DeviceMemory b, Result result) {
    MemorySegment left = operand(a, shape.byteSizeOfA(), Access.READ);
    MemorySegment right = operand(b, shape.byteSizeOfB(), Access.READ);
    if (result == Result.ADDED) {
      EmulatedDevice.data(c.slice(0, shape.byteSizeOfC()), Access.READ);
    }
    MemorySegment out = operand(c, shape.byteSizeOfC(), Access.WRITE);
    for (int batch = 0; batch < shape.batches(); batch++) {
      MatmulTask task = new MatmulTask(shape, batch, result);
      task.load(left, right);
      split(task, out);
    }
  }

  private static MemorySegment operand(DeviceMemory memory, long bytes, Access access) {
    return EmulatedDevice.data(memory.slice(0, bytes), access);
  }

  private void split(MatmulTask task, MemorySegment out) {
    int rows = shape.size().m();
    int parts = Math.min(workers, Math.max(1, rows / 8));
    List<Future<?>> running = new ArrayList<>();
    for (int part = 1; part < parts; part++) {
      int from = rows * part / parts;
      int to = rows * (part + 1) / parts;
      running.add(pool.submit(() -> task.rows(out, from, to)));
    }
    task.rows(out, 0, rows / parts);
    for (Future<?> future : running) {
      try {
        future.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted in a matrix product", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    device.handleClosed(this);
  }
}
