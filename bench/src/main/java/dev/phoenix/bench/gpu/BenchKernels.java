package dev.phoenix.bench.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.KernelLibrary;
import java.util.Locale;

/** The benchmark's own kernels on a device: {@code rates.cu} and {@code rows.cu}. */
final class BenchKernels implements AutoCloseable {
  private static final int THREADS = 256;
  private static final int CHAINS = 4;

  private final KernelLibrary library;

  private BenchKernels(KernelLibrary library) {
    this.library = library;
  }

  /** Loads a compiled form; cubins also load on drivers that are older than the PTX. */
  static BenchKernels load(Device device, KernelLibrary.Form form) {
    return new BenchKernels(KernelLibrary.beside(BenchKernels.class, device, form));
  }

  /** The operations that {@code rates.cu} repeats. */
  enum Rate {
    EXPONENTIALS,
    TANGENTS,
    MULTIPLY_ADDS
  }

  /**
   * Repeats an operation.
   *
   * @param out one float a thread, 256 a block
   * @return the number of operations
   */
  long repeat(Stream stream, Rate rate, DeviceMemory out, int steps) {
    int blocks = Math.toIntExact(out.byteSize() / ((long) THREADS * Float.BYTES));
    stream.launch(
        library.kernel("rates", rate.name().toLowerCase(Locale.ROOT)),
        LaunchShape.of(blocks, THREADS),
        KernelArguments.builder().pointer(out).i32(steps).build());
    return (long) blocks * THREADS * CHAINS * steps;
  }

  /** out[i] = values.at(i), as bfloat16, for all of {@code out}. */
  void fill(Stream stream, DeviceMemory out, HashedValues values) {
    long count = out.byteSize() / Short.BYTES;
    int blocks = Math.toIntExact(Math.ceilDiv(count, 2L * THREADS));
    stream.launch(
        library.kernel("rows", "hashed_rows"),
        LaunchShape.of(blocks, THREADS),
        KernelArguments.builder()
            .pointer(out)
            .i64(0)
            .i64(count)
            .i32(values.seed())
            .f32(values.unit())
            .build());
  }

  /** An empty kernel. */
  Kernel nothing() {
    return library.kernel("rows", "nothing");
  }

  @Override
  public void close() {
    library.close();
  }
}
