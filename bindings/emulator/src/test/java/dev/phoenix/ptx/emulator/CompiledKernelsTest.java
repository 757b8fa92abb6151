package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kernels of {@code src/test/cuda} compiled by nvcc and compared with plain Java. Skipped with a
 * message on machines without nvcc.
 */
class CompiledKernelsTest {
  private static final Path SOURCES = Path.of("src", "test", "cuda");

  @TempDir private Path directory = Path.of("");

  private static boolean hasCompiler() {
    try {
      Process process =
          new ProcessBuilder("nvcc", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Kernel compile(Bench bench, String name) throws IOException, InterruptedException {
    assumeTrue(hasCompiler(), "no nvcc on the PATH: " + name + ".cu can't be compiled");
    Path ptx = directory.resolve(name + ".ptx");
    Process process =
        new ProcessBuilder(
                "nvcc",
                "-ptx",
                "-arch=compute_80",
                "-O3",
                "-o",
                ptx.toString(),
                SOURCES.resolve(name + ".cu").toString())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor(), "nvcc " + name + ".cu");
    return bench.device.loadModule(name + ".ptx", Files.readAllBytes(ptx)).kernel(name);
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void reduction() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "reduction");
      int n = 1000;
      float[] in = random(4 * n, 1);
      DeviceBuffer out = bench.empty(16);
      bench.launch(
          kernel,
          LaunchShape.of(4, 256),
          KernelArguments.builder().pointer(out).pointer(bench.of(in)).i32(n));
      for (int block = 0; block < 4; block++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += in[block * n + i];
        }
        assertEquals(sum, bench.floats(out)[block], 1e-3);
      }
    }
  }

  @Test
  void matmul() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "matmul");
      int k = 96;
      short[] a = halves(random(64 * k, 2));
      short[] b = halves(random(64 * k, 3));
      DeviceBuffer out = bench.empty(4 * 64 * 64);
      bench.launch(
          kernel,
          LaunchShape.of(1, 128),
          KernelArguments.builder().pointer(out).pointer(bench.of(a)).pointer(bench.of(b)).i32(k));
      float[] c = bench.floats(out);
      for (int row = 0; row < 64; row++) {
        for (int column = 0; column < 64; column++) {
          double sum = 0;
          for (int j = 0; j < k; j++) {
            sum += (double) single(a[row * k + j]) * single(b[column * k + j]);
          }
          assertEquals(sum, c[row * 64 + column], 1e-4, row + ", " + column);
        }
      }
    }
  }

  private static short[] halves(float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    return bits;
  }

  private static float single(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  @Test
  void softmax() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "softmax");
      int rows = 7;
      int columns = 77;
      float[] in = random(rows * columns, 4);
      DeviceBuffer out = bench.empty(4L * rows * columns);
      bench.launch(
          kernel,
          LaunchShape.of(2, 128),
          KernelArguments.builder().pointer(out).pointer(bench.of(in)).i32(rows).i32(columns));
      float[] result = bench.floats(out);
      for (int row = 0; row < rows; row++) {
        double sum = 0;
        for (int i = 0; i < columns; i++) {
          sum += Math.exp(in[row * columns + i]);
        }
        for (int i = 0; i < columns; i++) {
          int at = row * columns + i;
          assertEquals(Math.exp(in[at]) / sum, result[at], 1e-6);
        }
      }
    }
  }

  @Test
  void histogram() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "histogram");
      byte[] in = new byte[10_000];
      new Random(5).nextBytes(in);
      int[] wanted = new int[256];
      for (byte b : in) {
        wanted[b & 0xff]++;
      }
      DeviceBuffer source = bench.empty(in.length);
      bench.stream.copyToDevice(source, MemorySegment.ofArray(in));
      DeviceBuffer out = bench.zeros(1024);
      bench.launch(
          kernel,
          LaunchShape.of(6, 128),
          KernelArguments.builder().pointer(out).pointer(source).i32(in.length));
      assertArrayEquals(wanted, bench.ints(out));
    }
  }

  @Test
  void bitonicSort() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "bitonic_sort");
      long[] keys = new Random(6).longs(512, 0, Long.MAX_VALUE).toArray();
      DeviceBuffer buffer = bench.of(keys);
      bench.launch(kernel, LaunchShape.of(1, 512), KernelArguments.builder().pointer(buffer));
      Arrays.sort(keys);
      assertArrayEquals(keys, bench.longs(buffer));
    }
  }

  @Test
  void divergence() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "divergence");
      int n = 777;
      DeviceBuffer out = bench.empty(4L * n);
      bench.launch(
          kernel, LaunchShape.covering(n, 128), KernelArguments.builder().pointer(out).i32(n));
      int[] result = bench.ints(out);
      for (int i = 0; i < n; i++) {
        assertEquals(collatz(i), result[i], "thread " + i);
      }
    }
  }

  private static int collatz(int i) {
    long value = i + 1L;
    int length = 0;
    while (value != 1) {
      value = value % 2 == 0 ? value / 2 : 3 * value + 1;
      length++;
      if (length > 200) {
        return -1;
      }
    }
    return switch (i % 7) {
      case 0 -> length + 1000;
      case 1 -> length * 3;
      case 2 -> length ^ 5;
      case 3 -> length / 3;
      case 4 -> -length;
      case 5 -> length << 2;
      default -> length;
    };
  }

  @Test
  void localArray() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "local_array");
      int n = 100;
      float[] in = random(16 * n, 7);
      int[] order = new Random(8).ints(16, 0, 16).toArray();
      DeviceBuffer out = bench.empty(64L * n);
      bench.launch(
          kernel,
          LaunchShape.covering(n, 64),
          KernelArguments.builder()
              .pointer(out)
              .pointer(bench.of(in))
              .pointer(bench.of(order))
              .i32(n));
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < 16; j++) {
          float held = in[16 * i + j];
          in[16 * i + j] = in[16 * i + order[j]];
          in[16 * i + order[j]] = held;
        }
      }
      assertArrayEquals(in, bench.floats(out));
    }
  }

  @Test
  void doubleMath() throws Exception {
    try (Bench bench = new Bench()) {
      Kernel kernel = compile(bench, "double_math");
      int n = 200;
      double[] in = new Random(9).doubles(n, -8, 8).toArray();
      in[0] = 0;
      in[1] = 1e5;
      DeviceBuffer out = bench.empty(64L * n);
      bench.launch(
          kernel,
          LaunchShape.covering(n, 64),
          KernelArguments.builder().pointer(out).pointer(bench.of(in)).i32(n));
      double[] result = bench.doubles(out);
      for (int i = 0; i < n; i++) {
        double x = in[i];
        near(Math.exp(x), result[8 * i], 4e-16);
        near(Math.log(Math.abs(x) + 1), result[8 * i + 1], 4e-16);
        assertEquals(x / Math.fma(x, x, 0.5), result[8 * i + 2]);
        assertEquals(Math.sqrt(Math.abs(x)), result[8 * i + 3]);
        assertEquals(Math.sin(x), result[8 * i + 4], 4e-16);
        near(Math.tanh((float) x), result[8 * i + 5], 4e-7);
        near(Math.pow(Math.abs((float) x), 1.7f), result[8 * i + 6], 2e-6);
      }
      assertEquals(0, result[7]);
      assertEquals(1, result[15]);
    }
  }

  private static void near(double wanted, double actual, double relative) {
    if (Double.isInfinite(wanted)) {
      assertEquals(wanted, actual);
    } else {
      assertEquals(wanted, actual, Math.abs(wanted) * relative + Double.MIN_NORMAL);
    }
  }
}
