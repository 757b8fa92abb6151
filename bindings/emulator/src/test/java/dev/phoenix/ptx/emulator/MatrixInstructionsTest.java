package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.ptx.ScalarType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * mma.sync and ldmatrix. Fragments are filled here by the formulas of the ISA's section on matrix
 * fragments, written out anew, and products are compared with plain Java.
 */
class MatrixInstructionsTest {
  private static final int REGISTERS = 20;

  private static short[] random(int count, boolean brain, long seed) {
    Random random = new Random(seed);
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      float value = (random.nextInt(33) - 16) / 8f;
      values[i] =
          brain ? (short) (Float.floatToRawIntBits(value) >>> 16) : Float.floatToFloat16(value);
    }
    return values;
  }

  private static float value(short bits, boolean brain) {
    return brain ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
  }

  private static int pair(short low, short high) {
    return (high << 16) | (low & 0xffff);
  }

  /** Elements ai of row-major A as the ISA numbers them: i = 0..7 (K 16) or 0..3 (K 8). */
  private static int[] left(short[] a, int k) {
    int registers = k / 4;
    int[] words = new int[32 * registers];
    for (int lane = 0; lane < 32; lane++) {
      int group = lane >> 2;
      int inGroup = lane % 4;
      for (int i = 0; i < 2 * registers; i += 2) {
        boolean upperRows = (i & 2) != 0;
        int row = upperRows ? group + 8 : group;
        int column = inGroup * 2 + (i & 1) + (i >= 4 ? 8 : 0);
        words[lane * registers + i / 2] = pair(a[row * k + column], a[row * k + column + 1]);
      }
    }
    return words;
  }

  /** Elements bi of B, given row-major K x 8. */
  private static int[] right(short[] b, int k) {
    int registers = k / 8;
    int[] words = new int[32 * registers];
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 2 * registers; i += 2) {
        int row = lane % 4 * 2 + (i & 1) + (i >= 2 ? 8 : 0);
        int column = lane >> 2;
        words[lane * registers + i / 2] = pair(b[row * 8 + column], b[(row + 1) * 8 + column]);
      }
    }
    return words;
  }

  private static void product(int k, boolean brain) {
    short[] a = random(16 * k, brain, 1);
    short[] b = random(8 * k, brain, 2);
    String type = brain ? "bf16" : "f16";
    String loadA = k == 16 ? "v4.u32 {%r10,%r11,%r12,%r13}" : "v2.u32 {%r10,%r11}";
    String loadB = k == 16 ? "v2.u32 {%r14,%r15}" : "u32 %r14";
    String useA = k == 16 ? "{%r10,%r11,%r12,%r13}" : "{%r10,%r11}";
    String useB = k == 16 ? "{%r14,%r15}" : "{%r14}";
    String ptx =
        Snippet.kernel(
            ".param .u64 out, .param .u64 a, .param .u64 b",
            """
            mov.u32 %r1, %laneid;
            ld.param.u64 %rd1, [out];
            ld.param.u64 %rd2, [a];
            ld.param.u64 %rd3, [b];
            mul.wide.u32 %rd4, %r1, SIZE_A;
            mul.wide.u32 %rd5, %r1, SIZE_B;
            mul.wide.u32 %rd6, %r1, 16;
            add.s64 %rd2, %rd2, %rd4;
            add.s64 %rd3, %rd3, %rd5;
            add.s64 %rd1, %rd1, %rd6;
            ld.global.LOAD_A, [%rd2];
            ld.global.LOAD_B, [%rd3];
            mov.f32 %f1, 0f3F800000;
            mma.sync.aligned.m16n8kDEPTH.row.col.f32.TYPE.TYPE.f32 {%f2,%f3,%f4,%f5}, USE_A, USE_B, {%f1,%f1,%f1,%f1};
            st.global.v4.f32 [%rd1], {%f2,%f3,%f4,%f5};
            """
                .replace("SIZE_A", Integer.toString(k))
                .replace("SIZE_B", Integer.toString(k / 2))
                .replace("LOAD_A", loadA)
                .replace("LOAD_B", loadB)
                .replace("USE_A", useA)
                .replace("USE_B", useB)
                .replace("DEPTH", Integer.toString(k))
                .replace("TYPE", type));
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(512);
      bench.launch(
          bench.load(ptx),
          LaunchShape.of(1, 32),
          KernelArguments.builder()
              .pointer(out)
              .pointer(bench.of(left(a, k)))
              .pointer(bench.of(right(b, k))));
      float[] c = bench.floats(out);
      for (int lane = 0; lane < 32; lane++) {
        for (int i = 0; i < 4; i++) {
          int row = (lane >> 2) + (i < 2 ? 0 : 8);
          int column = lane % 4 * 2 + (i & 1);
          float wanted = 1f;
          for (int j = 0; j < k; j++) {
            wanted += value(a[row * k + j], brain) * value(b[j * 8 + column], brain);
          }
          assertEquals(wanted, c[lane * 4 + i], "row " + row + " column " + column);
        }
      }
    }
  }

  @Test
  void productsOfBfloat16() {
    product(16, true);
    product(8, true);
  }

  @Test
  void productsOfFloat16() {
    product(16, false);
    product(8, false);
  }

  /** A[i][j] = 8i + j and B[j][n] = 8n + j are small integers, which tf32 holds exactly. */
  @Test
  void productsOfTensorFloats() {
    String body =
        """
        shr.u32 %r20, %r50, 2;
        and.b32 %r21, %r50, 3;
        mad.lo.s32 %r22, %r20, 8, %r21;
        add.s32 %r23, %r22, 64;
        add.s32 %r24, %r22, 4;
        add.s32 %r25, %r22, 68;
        cvt.rn.f32.s32 %f20, %r22;
        cvt.rn.f32.s32 %f21, %r23;
        cvt.rn.f32.s32 %f22, %r24;
        cvt.rn.f32.s32 %f23, %r25;
        cvt.rna.tf32.f32 %f20, %f20;
        mov.b32 %r30, %f20;
        mov.b32 %r31, %f21;
        mov.b32 %r32, %f22;
        mov.b32 %r33, %f23;
        mov.f32 %f1, 0f00000000;
        mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f2,%f3,%f4,%f5}, {%r30,%r31,%r32,%r33}, {%r30,%r32}, {%f1,%f1,%f1,%f1};
        mov.b64 %rd10, {%f3, %f4};
        """;
    long[] out = Snippet.run("%rd10", body, new long[32]);
    for (int lane = 0; lane < 32; lane++) {
      int row = lane / 4;
      int column = lane % 4 * 2;
      float second = 0;
      float third = 0;
      for (int j = 0; j < 8; j++) {
        second += (8 * row + j) * (8 * (column + 1) + j);
        third += (8 * (row + 8) + j) * (8 * column + j);
      }
      assertEquals(second, Float.intBitsToFloat((int) out[lane]), "lane " + lane);
      assertEquals(third, Float.intBitsToFloat((int) (out[lane] >>> 32)), "lane " + lane);
    }
  }

  @Test
  void loadMatrixSpreadsRows() {
    check(false);
  }

  @Test
  void loadMatrixTransposes() {
    check(true);
  }

  /** Element (r, c) of matrix m holds 64m + 8r + c. */
  private static void check(boolean transposed) {
    String body =
        """
        .shared .align 16 .b8 tile[512];
        mov.u32 %r20, tile;
        shl.b32 %r21, %r50, 4;
        add.s32 %r20, %r20, %r21;
        shl.b32 %r22, %r50, 3;
        mov.u32 %r23, 0;
        FILL:
        add.s32 %r24, %r22, %r23;
        cvt.u16.u32 %h20, %r24;
        shl.b32 %r25, %r23, 1;
        add.s32 %r25, %r25, %r20;
        st.shared.u16 [%r25], %h20;
        add.s32 %r23, %r23, 1;
        setp.lt.u32 %p1, %r23, 8;
        @%p1 bra FILL;
        bar.sync 0;
        ldmatrix.sync.aligned.m8n8.x4TRANS.shared.b16 {%r30, %r31, %r32, %r33}, [%r20];
        mov.b64 %rd10, {%r30, %r33};
        """;
    long[] out =
        Snippet.run("%rd10", body.replace("TRANS", transposed ? ".trans" : ""), new long[32]);
    for (int lane = 0; lane < 32; lane++) {
      for (int part = 0; part < 4; part++) {
        int matrix = part < 2 ? 0 : 3;
        int row = lane / 4;
        int column = lane % 4 * 2 + part % 2;
        int wanted = 64 * matrix + (transposed ? 8 * column + row : 8 * row + column);
        assertEquals(wanted, (out[lane] >>> (16 * part)) & 0xffff, "lane " + lane);
      }
    }
  }

  /** Compares vector and scalar code on random bits, including infinities, NaN and subnormals. */
  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void multipliesInVectorsToTheSameBits(int depth) {
    Random random = new Random(depth);
    int[] left = registers(random, depth / 4);
    int[] right = registers(random, depth / 8);
    int[] added = registers(random, 4);
    // Result registers distinct from, equal to, and permuted from those of C, which must be read
    // before they are overwritten.
    int[][] targets = {registers(random, 4), added, {added[2], added[3], added[0], added[1]}};
    for (int round = 0; round < 300; round++) {
      int[] words = new int[32 * REGISTERS];
      for (int i = 0; i < words.length; i++) {
        boolean moderate = round % 3 != 0;
        words[i] = moderate ? moderate(random) : random.nextInt();
      }
      int[] target = targets[round % targets.length];
      int[] expected = words.clone();
      Fragments fragments = new Fragments(depth, ScalarType.BF16, ScalarType.F32);
      new MatrixMultiply(fragments, target, left, right, added)
          .multiply(expected, new TensorScratch());
      new BrainMultiply(target, left, right, added).multiply(words, new TensorScratch());
      assertArrayEquals(expected, words, "round " + round);
    }
  }

  /** Distinct register slots. */
  private static int[] registers(Random random, int count) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, REGISTERS).boxed().toList());
    Collections.shuffle(all, random);
    return all.stream().limit(count).mapToInt(register -> 32 * register).toArray();
  }

  /** Two bfloat16 of ordinary size, or a float of that size. */
  private static int moderate(Random random) {
    int high = Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16;
    int low = Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16;
    return high << 16 | low;
  }
}
