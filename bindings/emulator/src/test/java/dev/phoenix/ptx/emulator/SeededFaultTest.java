package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.ptx.PtxException;
import dev.phoenix.ptx.emulator.EmulatorFault.Kind;
import org.junit.jupiter.api.Test;

/** Kernels with one error each: expects the right fault at the line marked {@code HERE}. */
class SeededFaultTest {
  private static final String OUT = ".param .u64 out";
  private static final String PROLOGUE =
      """
      .shared .align 16 .b8 tile[512];
      ld.param.u64 %rd1, [out];
      mov.u32 %r1, %tid.x;
      shl.b32 %r2, %r1, 2;
      mul.wide.u32 %rd2, %r1, 4;
      add.s64 %rd3, %rd1, %rd2;
      mov.u32 %r20, tile;
      add.s32 %r3, %r20, %r2;
      xor.b32 %r4, %r2, 252;
      add.s32 %r4, %r4, %r20;
      """;

  private static int markedLine(String ptx) {
    String[] lines = ptx.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].contains("HERE")) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException("no line is marked");
  }

  private static EmulatorFault expect(Kind kind, int threads, String body) {
    return expect(kind, threads, 256, EmulatorOptions.strict(), body);
  }

  private static EmulatorFault expect(
      Kind kind, int threads, long bytes, EmulatorOptions options, String body) {
    String ptx = Snippet.kernel(OUT, PROLOGUE + body);
    try (Bench bench = new Bench(options)) {
      Kernel kernel = bench.load(ptx);
      DeviceBuffer out = bench.empty(bytes);
      EmulatorFault fault =
          assertThrows(
              EmulatorFault.class,
              () ->
                  bench.launch(
                      kernel, LaunchShape.of(1, threads), KernelArguments.builder().pointer(out)));
      assertEquals(kind, fault.kind(), fault.getMessage());
      EmulatorFault.Location location = fault.location();
      assertNotNull(location);
      assertEquals(markedLine(ptx), location.line(), fault.getMessage());
      assertEquals("test", location.kernel());
      return fault;
    }
  }

  @Test
  void aStoreBehindTheEndIsCaughtWithItsThread() {
    EmulatorFault fault =
        expect(Kind.OUT_OF_BOUNDS, 64, "st.global.u32 [%rd3+4], %r1; // HERE off by one");
    EmulatorFault.Location location = fault.location();
    assertNotNull(location);
    assertEquals(new EmulatorFault.Index(63, 0, 0), location.thread());
    assertTrue(fault.hint().contains("0 bytes behind the end"), fault.getMessage());
  }

  @Test
  void aLoadAtNullIsCaught() {
    expect(Kind.OUT_OF_BOUNDS, 32, "mov.u64 %rd9, 0;\nld.global.u32 %r9, [%rd9]; // HERE");
    expect(Kind.OUT_OF_BOUNDS, 32, "mov.u64 %rd9, 0;\nld.global.u8 %r9, [%rd9]; // HERE");
  }

  @Test
  void aSharedStoreBehindTheEndIsCaught() {
    expect(Kind.OUT_OF_BOUNDS, 32, "st.shared.u32 [%r3+400], %r1; // HERE");
  }

  @Test
  void aMisalignedVectorLoadIsCaught() {
    expect(
        Kind.MISALIGNED,
        32,
        """
        st.global.u32 [%rd3], %r1;
        ld.global.v4.u32 {%r10, %r11, %r12, %r13}, [%rd1+8]; // HERE
        """);
  }

  @Test
  void aLoadOfGlobalMemoryNobodyWroteIsCaught() {
    expect(Kind.UNINITIALISED, 32, "ld.global.u32 %r9, [%rd3]; // HERE");
  }

  @Test
  void aLoadOfSharedMemoryNobodyWroteIsCaught() {
    expect(Kind.UNINITIALISED, 32, "ld.shared.u32 %r9, [%r3]; // HERE");
  }

  @Test
  void aMissingBarrierIsARace() {
    EmulatorFault fault =
        expect(
            Kind.RACE,
            64,
            """
            st.shared.u32 [%r3], %r1;
            bar.sync 0;
            ld.shared.u32 %r9, [%r4]; // HERE or in the store: no barrier is between them
            st.shared.u32 [%r3], %r9;
            """);
    assertTrue(fault.hint().contains("st.shared.u32 [%r3+0], %r9"), fault.getMessage());
  }

  @Test
  void aBarrierInPlaceIsNoRace() {
    String ptx =
        Snippet.kernel(
            OUT,
            PROLOGUE
                + """
                st.shared.u32 [%r3], %r1;
                bar.sync 0;
                ld.shared.u32 %r9, [%r4];
                bar.sync 0;
                st.shared.u32 [%r3], %r9;
                st.global.u32 [%rd3], %r9;
                """);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(256);
      bench.launch(bench.load(ptx), LaunchShape.of(1, 64), KernelArguments.builder().pointer(out));
      int[] values = bench.ints(out);
      for (int i = 0; i < 64; i++) {
        assertEquals(63 - i, values[i]);
      }
    }
  }

  @Test
  void lanesOfOneWarpRaceToo() {
    expect(
        Kind.RACE,
        32,
        """
        st.shared.u32 [%r3], %r1;
        ld.shared.u32 %r9, [%r3+0];
        xor.b32 %r5, %r2, 124;
        add.s32 %r5, %r5, %r20;
        ld.shared.u32 %r9, [%r5]; // HERE
        """);
  }

  @Test
  void aWarpBarrierOrdersLanes() {
    String ptx =
        Snippet.kernel(
            OUT,
            PROLOGUE
                + """
                st.shared.u32 [%r3], %r1;
                bar.warp.sync -1;
                xor.b32 %r5, %r2, 124;
                add.s32 %r5, %r5, %r20;
                ld.shared.u32 %r9, [%r5];
                st.global.u32 [%rd3], %r9;
                """);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(128);
      bench.launch(bench.load(ptx), LaunchShape.of(1, 32), KernelArguments.builder().pointer(out));
      assertEquals(31, bench.ints(out)[0]);
    }
  }

  @Test
  void neighbouringHalvesOfAWordAreNoRace() {
    String ptx =
        Snippet.kernel(
            OUT,
            PROLOGUE
                + """
                shl.b32 %r5, %r1, 1;
                add.s32 %r5, %r5, %r20;
                cvt.u16.u32 %h1, %r1;
                st.shared.u16 [%r5], %h1;
                ld.shared.u16 %h2, [%r5];
                add.s16 %h2, %h2, 1;
                st.shared.u16 [%r5], %h2;
                """);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(128);
      bench.launch(bench.load(ptx), LaunchShape.of(1, 64), KernelArguments.builder().pointer(out));
    }
  }

  @Test
  void aBarrierInADivergentBranchIsCaught() {
    expect(
        Kind.DIVERGENT_BARRIER,
        32,
        """
        setp.lt.u32 %p1, %r1, 16;
        @!%p1 bra DONE;
        bar.sync 0; // HERE
        DONE:
        """);
  }

  @Test
  void aBarrierThatOneWarpSkipsIsCaught() {
    EmulatorFault fault =
        expect(
            Kind.DIVERGENT_BARRIER,
            64,
            """
            setp.lt.u32 %p1, %r1, 32;
            @%p1 bra FIRST;
            bar.sync 1, 64;
            bra DONE;
            FIRST:
            bar.sync 0; // HERE
            DONE:
            """);
    assertTrue(fault.hint().contains("no other can come"), fault.getMessage());
  }

  @Test
  void aShuffleFromALaneThatTakesNoPartIsCaught() {
    expect(
        Kind.DIVERGENT_WARP,
        32,
        """
        setp.lt.u32 %p1, %r1, 16;
        @!%p1 bra DONE;
        shfl.sync.down.b32 %r9, %r1, 8, 31, 65535; // HERE
        DONE:
        """);
  }

  @Test
  void aCopyInFlightMustNotBeRead() {
    expect(
        Kind.RACE,
        1,
        """
        mov.u32 %r9, 7;
        st.global.u32 [%rd1], %r9;
        st.shared.u32 [%r3], %r9;
        cp.async.ca.shared.global [%r3], [%rd1], 4;
        cp.async.commit_group;
        ld.shared.u32 %r9, [%r3]; // HERE
        """);
  }

  @Test
  void aTrapIsReported() {
    expect(Kind.TRAP, 32, "setp.eq.u32 %p1, %r1, 5;\n@!%p1 bra DONE;\ntrap; // HERE\nDONE:");
  }

  @Test
  void anEndlessLoopIsReported() {
    expect(
        Kind.BUDGET,
        1,
        256,
        EmulatorOptions.strict().withBranchBudget(1000),
        "LOOP:\nadd.s32 %r9, %r1, 1;\nbra LOOP; // HERE");
  }

  @Test
  void parametersAndConstantsAreReadOnly() {
    String ptx =
        Snippet.module(
            ".const .align 4 .b8 table[8] = {1, 2, 3};\n",
            OUT,
            "mov.u64 %rd1, table;\nst.global.u32 [%rd1], %r1; // HERE");
    try (Bench bench = new Bench()) {
      Kernel kernel = bench.load(ptx);
      DeviceBuffer out = bench.empty(4);
      EmulatorFault fault =
          assertThrows(
              EmulatorFault.class,
              () ->
                  bench.launch(
                      kernel, LaunchShape.of(1, 1), KernelArguments.builder().pointer(out)));
      assertEquals(Kind.READ_ONLY, fault.kind());
    }
  }

  @Test
  void memoryThatWasFreedIsRecognised() {
    String ptx =
        Snippet.kernel(
            ".param .u64 a", "ld.param.u64 %rd1, [a];\nld.global.u32 %r1, [%rd1]; // HERE");
    try (Bench bench = new Bench()) {
      Kernel kernel = bench.load(ptx);
      DeviceBuffer buffer = bench.of(1, 2, 3);
      long address = buffer.address();
      buffer.close();
      EmulatorFault fault =
          assertThrows(
              EmulatorFault.class,
              () ->
                  bench.launch(
                      kernel, LaunchShape.of(1, 1), KernelArguments.builder().i64(address)));
      assertEquals(Kind.USE_AFTER_FREE, fault.kind());
    }
  }

  @Test
  void aLeakIsReportedAtClose() {
    EmulatedDevice device = EmulatedDevice.create();
    device.allocate(123);
    EmulatorFault fault = assertThrows(EmulatorFault.class, device::close);
    assertEquals(Kind.LEAK, fault.kind());
    assertTrue(fault.hint().contains("123 bytes"), fault.getMessage());
    device.close();
  }

  @Test
  void unknownInstructionsAndModifiersAreRefusedWithTheirLine() {
    for (String line :
        new String[] {
          "frobnicate.u32 %r1, %r2;",
          "add.rx.f32 %f1, %f2, %f3;",
          "ld.global.sideways.u32 %r1, [%rd1];",
          "mma.sync.aligned.m16n8k32.row.col.f32.bf16.bf16.f32 {%f1,%f2,%f3,%f4}, {%r1}, {%r1},"
              + " {%f1};",
          "setp.lt.nor.f32 %p1, %f1, %f2, %p2;",
          "shfl.sync.left.b32 %r1, %r2, 1, 31, -1;",
          "add.s32 %r1, %rd2, 3;",
          "add.s32 %r1, %missing, 3;",
          "cvt.rn.e4m3x2.f32 %h1, %f1, %f2;"
        }) {
      String ptx = Snippet.kernel("", line + " // HERE");
      try (Bench bench = new Bench()) {
        PtxException e = assertThrows(PtxException.class, () -> bench.load(ptx), line);
        assertEquals(markedLine(ptx), e.line(), e.getMessage());
      }
    }
  }
}
