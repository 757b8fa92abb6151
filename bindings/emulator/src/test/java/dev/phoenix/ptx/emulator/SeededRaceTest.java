package dev.phoenix.ptx.emulator;

import static dev.phoenix.ptx.emulator.SeededFault.OUT;
import static dev.phoenix.ptx.emulator.SeededFault.PROLOGUE;
import static dev.phoenix.ptx.emulator.SeededFault.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.ptx.emulator.EmulatorFault.Kind;
import org.junit.jupiter.api.Test;

/** Kernels with one error each between threads: expects the fault at the marked line. */
class SeededRaceTest {
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
}
