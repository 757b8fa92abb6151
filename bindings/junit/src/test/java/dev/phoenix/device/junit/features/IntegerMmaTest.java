package dev.phoenix.device.junit.features;

import static dev.phoenix.device.junit.UlpAssertions.assertWithinUlp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.ptx.PtxException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntBinaryOperator;

/**
 * mma.sync of integers, bits and doubles. The registers are filled by the tables of the PTX ISA
 * (section Matrix Fragments for mma), written out here a second time: lane l has g = l / 4 and t =
 * l % 4.
 */
class IntegerMmaTest {
  private static final int M = 16;
  private static final int N = 8;

  /** Parameters of a multiplication: K, the bits of an element, and the ranges. */
  private record Form(String kernel, int k, int bits, int fromA, int toA, int fromB, int toB) {
    int perRegister() {
      return 32 / bits;
    }
  }

  /** Packs elements into 32-bit words, the first in the lowest bits. */
  static int[] pack(int[] values, int bits) {
    int per = 32 / bits;
    int[] words = new int[values.length / per];
    for (int i = 0; i < values.length; i++) {
      words[i / per] |= (values[i] & ((1 << bits) - 1)) << (i % per * bits);
    }
    return words;
  }

  private static int[] leftRegisters(Form form, int[][] a) {
    int count = M * form.k() / form.perRegister() / 32;
    int[] elements = new int[M * form.k()];
    int at = 0;
    for (int lane = 0; lane < 32; lane++) {
      for (int r = 0; r < count; r++) {
        for (int h = 0; h < form.perRegister(); h++) {
          int row = lane / 4 + (r % 2 == 0 ? 0 : 8);
          int column = lane % 4 * form.perRegister() + h + (r < 2 ? 0 : form.k() / 2);
          elements[at++] = a[row][column];
        }
      }
    }
    return pack(elements, form.bits());
  }

  private static int[] rightRegisters(Form form, int[][] b) {
    int count = N * form.k() / form.perRegister() / 32;
    int[] elements = new int[N * form.k()];
    int at = 0;
    for (int lane = 0; lane < 32; lane++) {
      for (int r = 0; r < count; r++) {
        for (int h = 0; h < form.perRegister(); h++) {
          int row = lane % 4 * form.perRegister() + h + (r == 0 ? 0 : form.k() / 2);
          elements[at++] = b[row][lane / 4];
        }
      }
    }
    return pack(elements, form.bits());
  }

  private static int[][] draw(int rows, int columns, int from, int to, Random random) {
    int[][] matrix = new int[rows][];
    for (int row = 0; row < rows; row++) {
      matrix[row] = random.ints(columns, from, to).toArray();
    }
    return matrix;
  }

  private static void check(
      Form form, DeviceArrays arrays, Stream stream, KernelModule module, IntBinaryOperator times) {
    check(form, arrays, stream, module, times, 1000);
  }

  private static void check(
      Form form,
      DeviceArrays arrays,
      Stream stream,
      KernelModule module,
      IntBinaryOperator times,
      int added) {
    Random random = new Random(form.k());
    int[][] a = draw(M, form.k(), form.fromA(), form.toA(), random);
    int[][] b = draw(form.k(), N, form.fromB(), form.toB(), random);
    int[] c = new int[M * N];
    int[] expected = new int[M * N];
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 4; i++) {
        int row = lane / 4 + (i < 2 ? 0 : 8);
        int column = lane % 4 * 2 + i % 2;
        long sum = added;
        for (int k = 0; k < form.k(); k++) {
          sum += times.applyAsInt(a[row][k], b[k][column]);
        }
        c[lane * 4 + i] = added;
        expected[lane * 4 + i] = Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE);
      }
    }
    DeviceBuffer d = arrays.allocate(M * N * Integer.BYTES);
    stream.launch(
        module.kernel(form.kernel()),
        LaunchShape.of(1, 32),
        KernelArguments.builder()
            .pointer(d)
            .pointer(arrays.of(leftRegisters(form, a)))
            .pointer(arrays.of(rightRegisters(form, b)))
            .pointer(arrays.of(c))
            .build());
    assertArrayEquals(expected, arrays.ints(d));
  }

  @OnDevice("both")
  void signedBytes(
      DeviceArrays arrays, Stream stream, @CudaSource("mma_integer.cu") KernelModule module) {
    Form form = new Form("signed_bytes", 32, 8, -128, 128, -128, 128);
    check(form, arrays, stream, module, (a, b) -> a * b);
  }

  @OnDevice("both")
  void mixedBytesAreLimited(
      DeviceArrays arrays, Stream stream, @CudaSource("mma_integer.cu") KernelModule module) {
    Form form = new Form("mixed_bytes", 16, 8, 200, 256, 100, 128);
    check(form, arrays, stream, module, (a, b) -> a * b, Integer.MAX_VALUE - 1000);
  }

  @OnDevice("both")
  void nibblesOfMixedSigns(
      DeviceArrays arrays, Stream stream, @CudaSource("mma_integer.cu") KernelModule module) {
    Form form = new Form("nibbles", 64, 4, -8, 8, 0, 16);
    check(form, arrays, stream, module, (a, b) -> a * b);
  }

  @OnDevice("both")
  void bitsSetInBoth(
      DeviceArrays arrays, Stream stream, @CudaSource("mma_integer.cu") KernelModule module) {
    Form form = new Form("bits_and", 256, 1, 0, 2, 0, 2);
    check(form, arrays, stream, module, (a, b) -> a & b);
  }

  @OnDevice("both")
  void bitsThatDiffer(
      DeviceArrays arrays, Stream stream, @CudaSource("mma_integer.cu") KernelModule module) {
    Form form = new Form("bits_xor", 128, 1, 0, 2, 0, 2);
    check(form, arrays, stream, module, (a, b) -> a ^ b);
  }

  @OnDevice("both")
  void doubles(
      DeviceArrays arrays, Stream stream, @CudaSource("mma_integer.cu") KernelModule module) {
    double[] a = new Random(1).doubles(32).toArray();
    double[] b = new Random(2).doubles(32).toArray();
    double[] c = new Random(3).doubles(64).toArray();
    double[] expected = new double[64];
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 2; i++) {
        double sum = c[lane * 2 + i];
        for (int k = 0; k < 4; k++) {
          sum = Math.fma(a[lane / 4 * 4 + k], b[(lane % 4 * 2 + i) * 4 + k], sum);
        }
        expected[lane * 2 + i] = sum;
      }
    }
    DeviceBuffer d = arrays.allocate(64 * Double.BYTES);
    stream.launch(
        module.kernel("doubles"),
        LaunchShape.of(1, 32),
        KernelArguments.builder()
            .pointer(d)
            .pointer(arrays.of(a))
            .pointer(arrays.of(b))
            .pointer(arrays.of(c))
            .build());
    // The order of the four additions depends on the hardware.
    assertWithinUlp(4, expected, arrays.doubles(d));
  }

  private static final String REFUSED =
      """
      .version 9.0
      .target sm_80
      .address_size 64
      .visible .entry refused()
      {
        .reg .b32 %r<9>;
        OPCODE {%r0, %r1}, {%r2}, {%r3}, {%r0, %r1};
        ret;
      }
      """;

  @OnDevice
  void shapesAndTypesThatSm80LacksAreRefused(Device device) {
    for (String opcode :
        new String[] {
          "mma.sync.aligned.m8n8k64.row.col.s32.s8.s8.s32",
          "mma.sync.aligned.m8n8k16.col.row.s32.s8.s8.s32",
          "mma.sync.aligned.m8n8k16.row.col.s32.s8.s4.s32",
          "mma.sync.aligned.m8n8k16.row.col.f32.s8.s8.f32",
          "mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32",
          "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32",
          "wmma.mma.sync.aligned.col.col.m8n8k32.s32.s4.s4.s32",
          "wmma.mma.sync.aligned.row.col.m16n16k8.f32.f32"
        }) {
      byte[] image = REFUSED.replace("OPCODE", opcode).getBytes(StandardCharsets.UTF_8);
      try (KernelModule module = device.loadModule("refused.ptx", image)) {
        PtxException error =
            assertThrows(PtxException.class, () -> module.kernel("refused"), opcode);
        assertTrue(String.valueOf(error.getMessage()).contains(opcode), error.getMessage());
      }
    }
  }
}
