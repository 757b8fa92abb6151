package dev.phoenix.ptx.emulator;

import static dev.phoenix.ptx.emulator.SeededFault.OUT;
import static dev.phoenix.ptx.emulator.SeededFault.expect;
import static dev.phoenix.ptx.emulator.SeededFault.markedLine;
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
