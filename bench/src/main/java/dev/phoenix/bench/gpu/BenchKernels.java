package dev.phoenix.bench.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** The benchmark's own kernels on a device: {@code rates.cu} and {@code rows.cu}. */
final class BenchKernels implements AutoCloseable {
  private static final int THREADS = 256;
  private static final int CHAINS = 4;

  private final KernelModule rates;
  private final KernelModule rows;

  private BenchKernels(KernelModule rates, KernelModule rows) {
    this.rates = rates;
    this.rows = rows;
  }

  /**
   * Loads them.
   *
   * @throws IllegalStateException when this build was made without nvcc
   */
  static BenchKernels load(Device device) {
    return new BenchKernels(
        device.loadModule("rates.ptx", image("rates")),
        device.loadModule("rows.ptx", image("rows")));
  }

  private static byte[] image(String stem) {
    try (InputStream in = BenchKernels.class.getResourceAsStream("ptx/" + stem + ".ptx")) {
      if (in == null) {
        throw new IllegalStateException(
            "no ptx/%s.ptx in this build: it was made without nvcc".formatted(stem));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading ptx/" + stem + ".ptx", e);
    }
  }

  /** What {@code rates.cu} repeats. */
  enum Rate {
    EXPONENTIALS,
    TANGENTS,
    MULTIPLY_ADDS
  }

  /**
   * Repeats an operation.
   *
   * @param out one float a thread, 256 a block
   * @return how many operations that is
   */
  long repeat(Stream stream, Rate rate, DeviceMemory out, int steps) {
    int blocks = Math.toIntExact(out.byteSize() / ((long) THREADS * Float.BYTES));
    stream.launch(
        rates.kernel(rate.name().toLowerCase(Locale.ROOT)),
        LaunchShape.of(blocks, THREADS),
        KernelArguments.builder().pointer(out).i32(steps).build());
    return (long) blocks * THREADS * CHAINS * steps;
  }

  /** out[i] = values.at(i), as bfloat16, for all of {@code out}. */
  void fill(Stream stream, DeviceMemory out, HashedValues values) {
    long count = out.byteSize() / Short.BYTES;
    int blocks = Math.toIntExact(Math.ceilDiv(count, 2L * THREADS));
    stream.launch(
        rows.kernel("hashed_rows"),
        LaunchShape.of(blocks, THREADS),
        KernelArguments.builder()
            .pointer(out)
            .i64(0)
            .i64(count)
            .i32(values.seed())
            .f32(values.unit())
            .build());
  }

  /** A kernel that does nothing. */
  Kernel nothing() {
    return rows.kernel("nothing");
  }

  @Override
  public void close() {
    rows.close();
    rates.close();
  }
}
