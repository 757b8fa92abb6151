package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Ceilings;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Timing;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Measures the rates from which floors are computed. */
final class CeilingsBenchmark {
  private static final int CHECKED = 16;

  private final Session session;
  private final Device device;
  private final Stream stream;
  private final List<Figure> figures = new ArrayList<>();

  CeilingsBenchmark(Session session) {
    this.session = session;
    this.device = session.device().inner();
    this.stream = session.timer().stream();
  }

  /** The rates and a figure for each. */
  record Result(Ceilings ceilings, List<Figure> figures) {}

  Result run() {
    try (BenchKernels kernels = BenchKernels.load(device, session.form())) {
      Ceilings ceilings =
          new Ceilings(
              copy(kernels),
              product(kernels),
              repeated(kernels, BenchKernels.Rate.EXPONENTIALS, "exponentials"),
              repeated(kernels, BenchKernels.Rate.TANGENTS, "tangents"),
              2 * repeated(kernels, BenchKernels.Rate.MULTIPLY_ADDS, "float32 multiply-adds"));
      return new Result(ceilings, figures);
    }
  }

  private double copy(BenchKernels kernels) {
    long bytes = session.scale().copyBytes();
    try (DeviceBuffer from = device.allocate(bytes);
        DeviceBuffer to = device.allocate(bytes)) {
      HashedValues values = HashedValues.of(1, 1);
      kernels.fill(stream, from, values);
      stream.copy(to, from);
      int count = (int) Math.min(bytes / Short.BYTES, 4096);
      long first = bytes / Short.BYTES - count;
      short[] tail = read(to.slice(first * Short.BYTES, (long) count * Short.BYTES));
      for (int i = 0; i < count; i++) {
        if (widened(tail[i]) != values.at(first + i)) {
          throw new CheckFailedException("a copy inside the device lost element " + (first + i));
        }
      }
      Timing timing = session.timer().warm(() -> stream.copy(to, from));
      String name = "Copy of %,d MB inside the device".formatted(bytes / 1_000_000);
      return added(name, timing, 2 * bytes / 1e9, "GB") * 1e9;
    }
  }

  private double product(BenchKernels kernels) {
    int n = session.scale().productSize();
    MatmulShape shape =
        MatmulShape.dense(new MatmulShape.Size(n, n, n), ElementType.BF16, ElementType.F32);
    HashedValues left = HashedValues.of(2, 1);
    HashedValues right = HashedValues.of(3, 1);
    try (DeviceBuffer a = device.allocate(shape.byteSizeOfA());
        DeviceBuffer b = device.allocate(shape.byteSizeOfB());
        DeviceBuffer c = device.allocate(shape.byteSizeOfC());
        Matmul plan = device.planMatmul(shape)) {
      kernels.fill(stream, a, left);
      kernels.fill(stream, b, right);
      plan.run(stream, c, a, b);
      for (int i = 0; i < CHECKED; i++) {
        int row = (int) ((long) i * (n - 1) / (CHECKED - 1));
        int column = n - 1 - row;
        float[] found = new float[1];
        long at = ((long) row * n + column) * Float.BYTES;
        stream.copyToHost(MemorySegment.ofArray(found), c.slice(at, Float.BYTES));
        stream.synchronize();
        double expected = 0;
        for (int k = 0; k < n; k++) {
          expected += (double) left.at((long) row * n + k) * right.at((long) k * n + column);
        }
        // The tolerance of n float32 additions of products of about 1.
        if (!(Math.abs(found[0] - expected) <= n * 0x1p-20)) {
          throw new CheckFailedException(
              "product of %d: [%d, %d] is %s, expected %s"
                  .formatted(n, row, column, found[0], expected));
        }
      }
      Timing timing = session.timer().warm(() -> plan.run(stream, c, a, b));
      String name = "bfloat16 product of %,d^3".formatted(n);
      return added(name, timing, 2.0 * n * n * n / 1e12, "TFLOP") * 1e12;
    }
  }

  private double repeated(BenchKernels kernels, BenchKernels.Rate rate, String what) {
    int steps = session.scale().rateSteps();
    long threads = session.scale().rateBlocks(device.properties().multiprocessors()) * 256L;
    try (DeviceBuffer out = device.allocate(threads * Float.BYTES)) {
      long count = kernels.repeat(stream, rate, out, steps);
      float[] sums = new float[(int) Math.min(threads, 256)];
      stream.copyToHost(
          MemorySegment.ofArray(sums), out.slice(0, (long) sums.length * Float.BYTES));
      stream.synchronize();
      for (float sum : sums) {
        // Four values, each in (0, 1].
        if (!(sum > 0 && sum <= 4)) {
          throw new CheckFailedException(what + ": chains of four sum to " + sum);
        }
      }
      Timing timing = session.timer().warm(() -> kernels.repeat(stream, rate, out, steps));
      return added("%,d %s".formatted(count, what), timing, count / 1e12, "Tera") * 1e12;
    }
  }

  private double added(String name, Timing timing, double amount, String unit) {
    figures.add(
        Figure.timed(name, timing, "results as on the host")
            .withAmount(amount, unit)
            .in(Part.CEILINGS.title()));
    return amount / timing.median();
  }

  private short[] read(dev.phoenix.device.DeviceMemory memory) {
    short[] bits = new short[Math.toIntExact(memory.byteSize() / Short.BYTES)];
    stream.copyToHost(MemorySegment.ofArray(bits), memory);
    stream.synchronize();
    return bits;
  }

  private static float widened(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
