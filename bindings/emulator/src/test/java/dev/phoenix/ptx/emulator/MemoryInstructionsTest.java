package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import org.junit.jupiter.api.Test;

/** Loads and stores of every width, vector and space. */
class MemoryInstructionsTest {
  @Test
  void narrowLoadsExtend() {
    long[] in = {0x8182838485868788L, 0x0102030405060708L};
    String load = "ld.param.u64 %rd20, [in0];\nadd.s64 %rd20, %rd20, %rd50;\n";
    assertEquals(0xffffff88L, Snippet.run("%r10", load + "ld.global.s8 %r10, [%rd20];", in)[0]);
    assertEquals(0x88, Snippet.run("%r10", load + "ld.global.u8 %r10, [%rd20];", in)[0]);
    assertEquals(0xffff8788L, Snippet.run("%r10", load + "ld.global.s16 %r10, [%rd20];", in)[0]);
    assertEquals(0xff88, Snippet.run("%h10", load + "ld.global.s8 %h10, [%rd20];", in)[0]);
    assertEquals(
        0xffffffff85868788L, Snippet.run("%rd10", load + "ld.global.s32 %rd10, [%rd20];", in)[0]);
    assertEquals(0x0304, Snippet.run("%h10", load + "ld.global.nc.u16 %h10, [%rd20+4];", in)[1]);
  }

  @Test
  void vectorsKeepTheirOrder() {
    String body =
        """
        .shared .align 16 .b8 tile[512];
        mov.u32 %r20, tile;
        shl.b32 %r21, %r50, 4;
        add.s32 %r20, %r20, %r21;
        st.shared.v4.u32 [%r20], {%r0, %r1, 77, %r50};
        ld.shared.v2.u64 {%rd20, %rd21}, [%r20];
        ld.shared.v4.u16 {%h20, %h21, %h22, %h23}, [%r20+8];
        cvt.u64.u16 %rd22, %h20;
        add.s64 %rd10, %rd20, %rd21;
        add.s64 %rd10, %rd10, %rd22;
        """;
    long[] a = Snippet.words(1, 2, 3);
    long[] b = Snippet.words(4, 5, 6);
    long[] out = Snippet.run("%rd10", body, a, b);
    for (int i = 0; i < 3; i++) {
      long first = a[i] | (b[i] << 32);
      long second = 77L | ((long) i << 32);
      assertEquals(first + second + 77, out[i]);
    }
  }

  @Test
  void localMemoryBelongsToEachThread() {
    String body =
        """
        .local .align 8 .b8 depot[64];
        mov.u64 %rd20, depot;
        cvta.local.u64 %rd21, %rd20;
        and.b32 %r20, %r50, 15;
        mul.wide.u32 %rd22, %r20, 4;
        add.s64 %rd23, %rd20, %rd22;
        add.s64 %rd24, %rd21, %rd22;
        st.local.u32 [%rd23], %r50;
        ld.u32 %r10, [%rd24];
        add.s32 %r10, %r10, 1;
        st.u32 [%rd24], %r10;
        ld.local.u32 %r10, [%rd23];
        """;
    long[] out = Snippet.run("%r10", body, new long[64]);
    for (int i = 0; i < 64; i++) {
      assertEquals(i + 1, out[i]);
    }
  }

  @Test
  void genericAddressesFindTheirSpace() {
    String body =
        """
        .shared .align 4 .b8 tile[128];
        mov.u32 %r20, tile;
        cvt.u64.u32 %rd20, %r20;
        cvta.shared.u64 %rd21, %rd20;
        mul.wide.u32 %rd22, %r50, 4;
        add.s64 %rd23, %rd21, %rd22;
        st.u32 [%rd23], %r50;
        cvta.to.shared.u64 %rd24, %rd23;
        ld.shared.u32 %r21, [%rd24];
        isspacep.shared %p1, %rd23;
        isspacep.global %p2, %rd51;
        and.pred %p3, %p1, %p2;
        selp.u32 %r22, 100, 0, %p3;
        add.s32 %r10, %r21, %r22;
        """;
    long[] out = Snippet.run("%r10", body);
    for (int i = 0; i < 32; i++) {
      assertEquals(100 + i, out[i]);
    }
  }

  @Test
  void variablesOfTheModuleAreInitialised() {
    String ptx =
        Snippet.module(
            """
            .const .align 4 .f32 weights[3] = {0f3F800000, 0f40000000, 0f40400000};
            .global .align 8 .b8 counter[8] = {5, 0, 0, 0, 6};
            .global .align 8 .u64 pointer = counter;
            """,
            ".param .u64 out",
            """
            ld.param.u64 %rd1, [out];
            ld.const.f32 %f1, [weights+8];
            ld.global.u32 %r1, [counter+4];
            ld.global.u64 %rd2, [pointer];
            ld.global.u32 %r2, [%rd2];
            atom.global.add.u32 %r3, [counter], 1;
            cvt.rn.f32.u32 %f2, %r1;
            cvt.rn.f32.u32 %f3, %r2;
            st.global.v4.f32 [%rd1], {%f1, %f2, %f3, %f3};
            """);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(16);
      var kernel = bench.load(ptx);
      bench.launch(kernel, LaunchShape.of(1, 1), KernelArguments.builder().pointer(out));
      assertEquals(5f, bench.floats(out)[2]);
      bench.launch(kernel, LaunchShape.of(1, 1), KernelArguments.builder().pointer(out));
      float[] values = bench.floats(out);
      assertEquals(3f, values[0]);
      assertEquals(6f, values[1]);
      assertEquals(6f, values[2]);
    }
  }

  @Test
  void dynamicSharedMemoryLiesBehindTheStatic() {
    String ptx =
        Snippet.module(
            ".extern .shared .align 16 .b8 dynamic[];\n",
            ".param .u64 out",
            """
            .shared .align 4 .b8 fixed[20];
            ld.param.u64 %rd1, [out];
            mov.u32 %r1, dynamic;
            mov.u32 %r2, fixed;
            mov.u32 %r3, %dynamic_smem_size;
            st.shared.u32 [%r1+60], %r3;
            ld.shared.u32 %r4, [%r1+60];
            st.global.v4.u32 [%rd1], {%r1, %r2, %r3, %r4};
            """);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(16);
      bench.launch(
          bench.load(ptx),
          LaunchShape.of(1, 1).withDynamicShared(64),
          KernelArguments.builder().pointer(out));
      assertEquals(32, bench.ints(out)[0]);
      assertEquals(64, bench.ints(out)[3]);
    }
  }

  @Test
  void countsWhatIsMoved() {
    String ptx =
        Snippet.kernel(
            ".param .u64 out",
            """
            ld.param.u64 %rd1, [out];
            mov.u32 %r1, %tid.x;
            mul.wide.u32 %rd2, %r1, 16;
            add.s64 %rd1, %rd1, %rd2;
            mov.f32 %f1, 0f3F800000;
            fma.rn.f32 %f1, %f1, %f1, %f1;
            ex2.approx.f32 %f1, %f1;
            st.global.v4.f32 [%rd1], {%f1, %f1, %f1, %f1};
            """);
    try (Bench bench = new Bench()) {
      InstructionCounts[] counts = new InstructionCounts[1];
      bench.device.onLaunch(c -> counts[0] = c);
      DeviceBuffer out = bench.empty(16 * 40 * 3);
      bench.launch(bench.load(ptx), LaunchShape.of(3, 40), KernelArguments.builder().pointer(out));
      assertEquals(3 * 40 * 16, counts[0].bytes().globalWritten());
      assertEquals(3 * 40, counts[0].of(InstructionClass.FMA));
      assertEquals(3 * 40, counts[0].of(InstructionClass.SPECIAL));
      assertEquals(9 * 3 * 40, counts[0].total());
    }
  }
}
