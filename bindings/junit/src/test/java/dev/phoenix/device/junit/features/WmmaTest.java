package dev.phoenix.device.junit.features;

import static dev.phoenix.device.junit.UlpAssertions.assertFloat16WithinUlp;
import static dev.phoenix.device.junit.UlpAssertions.assertWithinUlp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.ptx.emulator.EmulatorFault;
import java.util.Random;

/**
 * The WMMA API against plain loops. All values are small whole numbers, whose products and sums are
 * exact in every type, so that results are compared to the bit.
 */
class WmmaTest {
  /** Sizes and layouts of a product; strides are the widths of lines. */
  private record Product(int m, int n, int k, boolean rowsOfA, boolean rowsOfB, boolean rowsOfC) {
    int a(int row, int depth) {
      return rowsOfA ? row * k + depth : depth * m + row;
    }

    int b(int depth, int column) {
      return rowsOfB ? depth * n + column : column * k + depth;
    }

    int c(int row, int column) {
      return rowsOfC ? row * n + column : column * m + row;
    }

    int[] multiply(int[] a, int[] b, int[] c) {
      int[] d = new int[m * n];
      for (int row = 0; row < m; row++) {
        for (int column = 0; column < n; column++) {
          int sum = c[c(row, column)];
          for (int depth = 0; depth < k; depth++) {
            sum += a[a(row, depth)] * b[b(depth, column)];
          }
          d[c(row, column)] = sum;
        }
      }
      return d;
    }
  }

  private static int[] draw(int count, int from, int to, long seed) {
    return new Random(seed).ints(count, from, to).toArray();
  }

  private static float[] floats(int[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }

  private static short[] halves(int[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToFloat16(values[i]);
    }
    return bits;
  }

  private static short[] brainFloats(int[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    return bits;
  }

  private static byte[] bytes(int[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static double[] doubles(int[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static void run(Stream stream, Kernel kernel, DeviceMemory... arguments) {
    KernelArguments.Builder builder = KernelArguments.builder();
    for (DeviceMemory argument : arguments) {
      builder.pointer(argument);
    }
    stream.launch(kernel, LaunchShape.of(1, 32), builder.build());
  }

  @OnDevice("both")
  void halvesIntoFloats(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(16, 16, 16, true, false, true);
    int[] a = draw(256, -8, 9, 1);
    int[] b = draw(256, -8, 9, 2);
    int[] c = draw(256, -100, 101, 3);
    DeviceBuffer d = arrays.allocate(256 * Float.BYTES);
    run(
        stream,
        module.kernel("half_row_col"),
        d,
        arrays.of(halves(a)),
        arrays.of(halves(b)),
        arrays.of(floats(c)));
    assertWithinUlp(0, floats(product.multiply(a, b, c)), arrays.floats(d));
  }

  @OnDevice("both")
  void brainFloatsOfATallShape(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(32, 8, 16, false, true, false);
    int[] a = draw(512, -8, 9, 4);
    int[] b = draw(128, -8, 9, 5);
    int[] c = draw(256, -100, 101, 6);
    DeviceBuffer d = arrays.allocate(256 * Float.BYTES);
    run(
        stream,
        module.kernel("bf16_32x8"),
        d,
        arrays.of(brainFloats(a)),
        arrays.of(brainFloats(b)),
        arrays.of(floats(c)));
    assertWithinUlp(0, floats(product.multiply(a, b, c)), arrays.floats(d));
  }

  @OnDevice("both")
  void halvesIntoHalvesThroughPaddedSharedMemory(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(8, 32, 16, true, true, true);
    int[] a = draw(128, -4, 5, 7);
    int[] b = draw(512, -4, 5, 8);
    int[] sums = product.multiply(a, b, new int[256]);
    short[] expected = new short[256];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Float.floatToFloat16(sums[i] + 0.5f);
    }
    DeviceBuffer d = arrays.allocate(256 * Short.BYTES);
    run(stream, module.kernel("half_sum"), d, arrays.of(halves(a)), arrays.of(halves(b)));
    assertFloat16WithinUlp(0, expected, arrays.shorts(d));
  }

  @OnDevice("both")
  void tensorFloats(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(16, 16, 8, true, false, true);
    int[] a = draw(128, -1000, 1001, 9);
    int[] b = draw(128, -1000, 1001, 10);
    DeviceBuffer d = arrays.allocate(256 * Float.BYTES);
    run(stream, module.kernel("tensor_float"), d, arrays.of(floats(a)), arrays.of(floats(b)));
    assertWithinUlp(0, floats(product.multiply(a, b, new int[256])), arrays.floats(d));
  }

  @OnDevice("both")
  void doublePrecision(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(8, 8, 4, true, false, true);
    int[] a = draw(32, -9999, 10000, 11);
    int[] b = draw(32, -9999, 10000, 12);
    int[] c = draw(64, -9999, 10000, 13);
    DeviceBuffer d = arrays.allocate(64 * Double.BYTES);
    run(
        stream,
        module.kernel("doubles"),
        d,
        arrays.of(doubles(a)),
        arrays.of(doubles(b)),
        arrays.of(doubles(c)));
    assertWithinUlp(0, doubles(product.multiply(a, b, c)), arrays.doubles(d));
  }

  @OnDevice("both")
  void signedBytes(DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(16, 16, 16, true, false, true);
    int[] a = draw(256, -128, 128, 14);
    int[] b = draw(256, -128, 128, 15);
    int[] c = draw(256, -100_000, 100_000, 16);
    DeviceBuffer d = arrays.allocate(256 * Integer.BYTES);
    run(
        stream,
        module.kernel("signed_bytes"),
        d,
        arrays.of(bytes(a)),
        arrays.of(bytes(b)),
        arrays.of(c));
    assertArrayEquals(product.multiply(a, b, c), arrays.ints(d));
  }

  @OnDevice("both")
  void unsignedBytesOfATallShape(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(32, 8, 16, false, true, true);
    int[] a = draw(512, 0, 256, 17);
    int[] b = draw(128, 0, 256, 18);
    int[] c = draw(256, -100_000, 100_000, 19);
    DeviceBuffer d = arrays.allocate(256 * Integer.BYTES);
    run(
        stream,
        module.kernel("unsigned_bytes"),
        d,
        arrays.of(bytes(a)),
        arrays.of(bytes(b)),
        arrays.of(c));
    assertArrayEquals(product.multiply(a, b, c), arrays.ints(d));
  }

  @OnDevice("both")
  void signedNibbles(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    Product product = new Product(8, 8, 32, true, false, true);
    int[] a = draw(256, -8, 8, 20);
    int[] b = draw(256, -8, 8, 21);
    int[] c = draw(64, -1000, 1000, 22);
    DeviceBuffer d = arrays.allocate(64 * Integer.BYTES);
    run(
        stream,
        module.kernel("signed_nibbles"),
        d,
        arrays.of(IntegerMmaTest.pack(a, 4)),
        arrays.of(IntegerMmaTest.pack(b, 4)),
        arrays.of(c));
    assertArrayEquals(product.multiply(a, b, c), arrays.ints(d));
  }

  @OnDevice
  void aMisalignedMatrixIsNamed(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    DeviceBuffer d = arrays.allocate(256 * Float.BYTES);
    DeviceBuffer a = arrays.of(new short[264]);
    DeviceBuffer c = arrays.of(new float[256]);
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class,
            () -> run(stream, module.kernel("half_row_col"), d, a.slice(16, 512), a, c));
    assertEquals(EmulatorFault.Kind.MISALIGNED, fault.kind(), fault.getMessage());
  }

  @OnDevice
  void aMatrixThatReachesOverTheEndIsNamed(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    DeviceBuffer d = arrays.allocate(255 * Float.BYTES);
    DeviceBuffer a = arrays.of(new short[256]);
    DeviceBuffer c = arrays.of(new float[256]);
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class, () -> run(stream, module.kernel("half_row_col"), d, a, a, c));
    assertEquals(EmulatorFault.Kind.OUT_OF_BOUNDS, fault.kind(), fault.getMessage());
  }

  @OnDevice
  void aWarpThatIsNotWholeIsNamed(
      DeviceArrays arrays, Stream stream, @CudaSource("wmma.cu") KernelModule module) {
    DeviceBuffer d = arrays.allocate(256 * Float.BYTES);
    DeviceBuffer a = arrays.of(new short[256]);
    DeviceBuffer c = arrays.of(new float[256]);
    KernelArguments arguments =
        KernelArguments.builder().pointer(d).pointer(a).pointer(a).pointer(c).build();
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class,
            () -> stream.launch(module.kernel("half_row_col"), LaunchShape.of(1, 31), arguments));
    assertEquals(EmulatorFault.Kind.DIVERGENT_WARP, fault.kind(), fault.getMessage());
  }
}
