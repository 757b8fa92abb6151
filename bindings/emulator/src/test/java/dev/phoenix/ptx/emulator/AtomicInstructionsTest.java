package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import org.junit.jupiter.api.Test;

/** Atomics: results over many threads and blocks, and the old values they return. */
class AtomicInstructionsTest {
  private static final int BLOCKS = 8;
  private static final int THREADS = 96;

  private static long result(String instructions, long start) {
    String ptx =
        Snippet.kernel(
            ".param .u64 out",
            """
            ld.param.u64 %rd1, [out];
            mov.u32 %r1, %tid.x;
            mov.u32 %r2, %ctaid.x;
            mad.lo.s32 %r3, %r2, 96, %r1;
            cvt.u64.u32 %rd3, %r3;
            """
                + instructions);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.of(start);
      bench.launch(
          bench.load(ptx), LaunchShape.of(BLOCKS, THREADS), KernelArguments.builder().pointer(out));
      return bench.longs(out)[0];
    }
  }

  @Test
  void integers() {
    int n = BLOCKS * THREADS;
    assertEquals(n * (n - 1L) / 2, result("red.global.add.u32 [%rd1], %r3;", 0));
    assertEquals(n * (n - 1L) / 2, result("atom.global.add.u64 %rd4, [%rd1], %rd3;", 0));
    assertEquals(n - 1, result("atom.global.max.u32 %r4, [%rd1], %r3;", 0));
    assertEquals(
        -5L & 0xffffffffL, result("atom.global.min.s32 %r4, [%rd1], %r3;", -5L & 0xffffffffL));
    assertEquals(0, result("atom.global.min.u32 %r4, [%rd1], %r3;", -5L & 0xffffffffL));
    assertEquals(n - 1, result("red.relaxed.gpu.global.max.s64 [%rd1], %rd3;", -9));
    assertEquals(1023, result("red.global.or.b32 [%rd1], %r3;", 0));
    assertEquals(n % 10, result("atom.global.inc.u32 %r4, [%rd1], 9;", 0));
  }

  @Test
  void floats() {
    long sum = result("red.global.add.f32 [%rd1], 0f3F000000;", 0);
    assertEquals(BLOCKS * THREADS * 0.5f, Float.intBitsToFloat((int) sum));
    sum = result("atom.global.add.f64 %d1, [%rd1], 0d3FE0000000000000;", 0);
    assertEquals(BLOCKS * THREADS * 0.5, Double.longBitsToDouble(sum));
    sum = result("mov.b32 %r5, 0x3f803f80;\nred.global.add.noftz.bf16x2 [%rd1], %r5;", 0);
    assertEquals(0x43804380L, sum, "256 is where adding one is lost");
    assertEquals(0, result("red.global.add.f32 [%rd1], 0f00000001;", 0), "subnormals are flushed");
  }

  @Test
  void theOldValueComesBackOncePerThread() {
    String body =
        """
        .shared .align 4 .b8 counter[4];
        mov.u32 %r20, counter;
        setp.eq.u32 %p1, %r50, 0;
        @%p1 st.shared.u32 [%r20], 0;
        bar.sync 0;
        atom.shared.add.u32 %r10, [%r20], 1;
        """;
    long[] out = Snippet.run("%r10", body, new long[256]);
    java.util.Arrays.sort(out);
    for (int i = 0; i < 256; i++) {
      assertEquals(i, out[i]);
    }
  }

  @Test
  void compareAndSwapBuildsALock() {
    String body =
        """
        LOOP:
        ld.volatile.global.u32 %r5, [%rd1];
        add.s32 %r6, %r5, 3;
        atom.global.cas.b32 %r7, [%rd1], %r5, %r6;
        setp.ne.s32 %p1, %r7, %r5;
        @%p1 bra LOOP;
        """;
    assertEquals(3L * BLOCKS * THREADS, result(body, 0));
    assertEquals(
        0xffff_1234L,
        result("mov.u16 %h1, 0x1234;\natom.global.cas.b16 %h2, [%rd1], 0, %h1;", 0xffff_0000L));
    assertEquals(7, result("atom.global.exch.b32 %r4, [%rd1], 7;", 0));
  }
}
