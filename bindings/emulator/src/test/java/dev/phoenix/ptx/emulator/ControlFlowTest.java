package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import org.junit.jupiter.api.Test;

/** Divergence and reconvergence, loops, tables, calls, barriers. */
class ControlFlowTest {
  @Test
  void loopsOfDifferentLengthReconverge() {
    String body =
        """
        mov.u32 %r10, 0;
        mov.u32 %r20, 0;
        LOOP:
        setp.ge.u32 %p1, %r20, %r50;
        @%p1 bra DONE;
        and.b32 %r21, %r20, 1;
        setp.eq.s32 %p2, %r21, 0;
        @%p2 bra EVEN;
        add.s32 %r10, %r10, 100;
        bra NEXT;
        EVEN:
        add.s32 %r10, %r10, 1;
        NEXT:
        add.s32 %r20, %r20, 1;
        bra LOOP;
        DONE:
        activemask.b32 %r22;
        setp.eq.s32 %p3, %r22, -1;
        @!%p3 mov.u32 %r10, 0;
        """;
    long[] out = Snippet.run("%r10", body);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane / 2 * 100 + (lane + 1) / 2, out[lane], "lane " + lane);
    }
  }

  @Test
  void anExitInsideALoopLeavesTheOthersRunning() {
    String body =
        """
        mov.u32 %r10, 0;
        LOOP:
        add.s32 %r10, %r10, 1;
        st.global.u32 [%rd51], %r10;
        setp.gt.u32 %p1, %r10, %r50;
        @%p1 exit;
        bra LOOP;
        """;
    long[] out = Snippet.run("%r10", body, new long[70]);
    for (int i = 0; i < 70; i++) {
      assertEquals(i + 1, out[i]);
    }
  }

  @Test
  void tablesSendLanesDifferentWays() {
    String body =
        """
        and.b32 %r20, %r50, 3;
        mov.u32 %r10, 9;
        TABLE: .branchtargets ZERO, ONE, TWO, ONE;
        brx.idx %r20, TABLE;
        ZERO:
        mov.u32 %r10, 100;
        bra DONE;
        ONE:
        mov.u32 %r10, 101;
        TWO:
        add.s32 %r10, %r10, 1;
        DONE:
        """;
    long[] out = Snippet.run("%r10", body);
    long[] wanted = {100, 102, 10, 102};
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(wanted[lane % 4], out[lane], "lane " + lane);
    }
  }

  @Test
  void functionsAreCalled() {
    String ptx =
        Snippet.module(
            """
            .func (.param .b32 result) twice(.param .b32 value)
            {
            .reg .b32 %r<5>; .reg .pred %p<2>;
            ld.param.u32 %r1, [value];
            setp.gt.u32 %p1, %r1, 10;
            @%p1 bra LARGE;
            add.s32 %r2, %r1, %r1;
            st.param.b32 [result+0], %r2;
            ret;
            LARGE:
            st.param.b32 [result+0], 1000;
            ret;
            }
            """,
            ".param .u64 out",
            """
            ld.param.u64 %rd1, [out];
            mov.u32 %r1, %tid.x;
            mul.wide.u32 %rd2, %r1, 4;
            add.s64 %rd1, %rd1, %rd2;
            {
            .reg .b32 temp;
            .param .b32 param0;
            st.param.b32 [param0+0], %r1;
            .param .b32 retval0;
            call.uni (retval0), twice, (param0);
            ld.param.b32 %r2, [retval0+0];
            }
            {
            .param .b32 param0;
            st.param.b32 [param0+0], %r2;
            .param .b32 retval0;
            call.uni (retval0), twice, (param0);
            ld.param.b32 %r3, [retval0+0];
            }
            st.global.u32 [%rd1], %r3;
            """);
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.empty(128);
      bench.launch(bench.load(ptx), LaunchShape.of(1, 32), KernelArguments.builder().pointer(out));
      int[] values = bench.ints(out);
      for (int i = 0; i < 32; i++) {
        assertEquals(i > 5 ? 1000 : 4 * i, values[i], "thread " + i);
      }
    }
  }

  @Test
  void barriersCountAndReduce() {
    String body =
        """
        and.b32 %r20, %r50, 3;
        setp.eq.s32 %p1, %r20, 0;
        bar.red.popc.u32 %r10, 0, %p1;
        barrier.sync 1;
        bar.red.or.pred %p2, 0, %p1;
        bar.red.and.pred %p3, 0, %p1;
        @!%p2 mov.u32 %r10, 0;
        @%p3 mov.u32 %r10, 0;
        """;
    for (long value : Snippet.run("%r10", body, new long[128])) {
      assertEquals(32, value);
    }
  }

  @Test
  void namedBarriersJoinSomeWarps() {
    String body =
        """
        .shared .align 4 .b8 tile[512];
        mov.u32 %r20, tile;
        shl.b32 %r21, %r50, 2;
        add.s32 %r22, %r20, %r21;
        st.shared.u32 [%r22], %r50;
        setp.ge.u32 %p1, %r50, 64;
        @%p1 bra UPPER;
        bar.sync 1, 64;
        xor.b32 %r23, %r21, 128;
        bra JOIN;
        UPPER:
        bar.sync 2, 64;
        xor.b32 %r23, %r21, 128;
        JOIN:
        add.s32 %r23, %r23, %r20;
        ld.shared.u32 %r10, [%r23];
        """;
    long[] out = Snippet.run("%r10", body, new long[128]);
    for (int i = 0; i < 128; i++) {
      assertEquals(i ^ 32, out[i]);
    }
  }

  @Test
  void producersArriveAndConsumersWait() {
    String body =
        """
        .shared .align 4 .b8 tile[128];
        mov.u32 %r20, tile;
        and.b32 %r21, %r50, 31;
        shl.b32 %r21, %r21, 2;
        add.s32 %r22, %r20, %r21;
        mov.u32 %r10, 0;
        setp.ge.u32 %p1, %r50, 32;
        @%p1 bra CONSUME;
        st.shared.u32 [%r22], 42;
        bar.arrive 3, 64;
        bra DONE;
        CONSUME:
        bar.sync 3, 64;
        ld.shared.u32 %r10, [%r22];
        DONE:
        """;
    long[] out = Snippet.run("%r10", body, new long[64]);
    assertEquals(0, out[0]);
    assertEquals(42, out[40]);
  }

  @Test
  void copiesArriveWhenTheyAreWaitedFor() {
    String body =
        """
        .shared .align 16 .b8 tile[1024];
        mov.u32 %r20, tile;
        shl.b32 %r21, %r50, 5;
        add.s32 %r20, %r20, %r21;
        ld.param.u64 %rd20, [in0];
        shl.b32 %r22, %r50, 4;
        and.b32 %r22, %r22, 255;
        cvt.u64.u32 %rd21, %r22;
        add.s64 %rd20, %rd20, %rd21;
        cp.async.cg.shared.global.L2::128B [%r20], [%rd20], 16;
        cp.async.commit_group;
        mov.u32 %r23, 3;
        cp.async.ca.shared.global [%r20+16], [%rd20], 8, %r23;
        cp.async.commit_group;
        cp.async.wait_group 1;
        ld.shared.u64 %rd22, [%r20];
        cp.async.wait_group 0;
        ld.shared.u64 %rd23, [%r20+16];
        sub.s64 %rd10, %rd22, %rd23;
        """;
    long[] in = new long[32];
    for (int i = 0; i < 32; i++) {
      in[i] = 0x0101010101010101L * i;
    }
    long[] out = Snippet.run("%rd10", body, in);
    for (int i = 0; i < 32; i++) {
      long source = in[i * 2 % 32];
      assertEquals(source - (source & 0xffffff), out[i], "thread " + i);
    }
  }
}
