package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Moves, packing, selection, special registers, address conversion. */
class MoveInstructionsTest {
  @Test
  void packsAndUnpacks() {
    long[][] in = Operands.longs(1, 20);
    String body =
        """
        mov.b64 {%h20, %h21, %h22, %h23}, %rd0;
        mov.b64 {%r20, %r21}, %rd0;
        mov.b32 {%h24, _}, %r20;
        mov.b32 %r22, {%h23, %h22};
        mov.b32 %r23, {%h21, %h24};
        mov.b64 %rd10, {%r22, %r23};
        """;
    long[] out = Snippet.run("%rd10", body, in);
    for (int i = 0; i < out.length; i++) {
      long a = in[0][i];
      long swapped = 0;
      for (int half = 0; half < 4; half++) {
        swapped |= (a >>> (16 * half) & 0xffff) << (48 - 16 * half);
      }
      assertEquals(swapped, out[i], Long.toHexString(a));
    }
  }

  @Test
  void selectsByPredicateAndSign() {
    long[][] in = Operands.words(2, 21);
    long[] selected =
        Snippet.run("%r10", "setp.gt.s32 %p1, %r0, %r1;\nselp.b32 %r10, %r0, %r1, %p1;", in);
    long[] slct = Snippet.run("%r10", "slct.b32.s32 %r10, %r0, 7, %r1;", in);
    for (int i = 0; i < selected.length; i++) {
      int a = (int) in[0][i];
      int b = (int) in[1][i];
      assertEquals(Math.max(a, b), (int) selected[i]);
      assertEquals(b >= 0 ? a : 7, (int) slct[i]);
    }
  }

  @Test
  void logicOnPredicates() {
    String body =
        """
        setp.lt.u32 %p1, %r50, 16;
        and.b32 %r20, %r50, 1;
        setp.eq.s32 %p2, %r20, 0;
        and.pred %p3, %p1, %p2;
        or.pred %p4, %p1, %p2;
        xor.pred %p5, %p3, %p4;
        not.pred %p6, %p5;
        mov.pred %p7, 1;
        and.pred %p10, %p6, %p7;
        """;
    long[] out = Snippet.run("%p10", body);
    for (int i = 0; i < 32; i++) {
      boolean low = i < 16;
      boolean even = i % 2 == 0;
      assertEquals(low == even ? 1 : 0, out[i], "lane " + i);
    }
  }

  @Test
  void specialRegisters() {
    long[] threads = new long[96];
    long[] lane = Snippet.run("%r10", "mov.u32 %r10, %laneid;", threads);
    long[] warp = Snippet.run("%r10", "mov.u32 %r10, %warpid;", threads);
    long[] less = Snippet.run("%r10", "mov.u32 %r10, %lanemask_lt;", threads);
    long[] greater = Snippet.run("%r10", "mov.u32 %r10, %lanemask_gt;", threads);
    long[] size = Snippet.run("%r10", "mov.u32 %r10, %ntid.x;", threads);
    for (int i = 0; i < 96; i++) {
      assertEquals(i % 32, lane[i]);
      assertEquals(i / 32, warp[i]);
      assertEquals((1L << i % 32) - 1, less[i]);
      assertEquals(0xffffffffL & ~((2L << i % 32) - 1), greater[i]);
      assertEquals(96, size[i]);
    }
  }

  @Test
  void guardsTouchOnlyTheirLanes() {
    String body =
        """
        mov.u32 %r10, 5;
        setp.lt.u32 %p1, %r50, 7;
        @%p1 mov.u32 %r10, 6;
        @!%p1 add.s32 %r10, %r10, 3;
        """;
    long[] out = Snippet.run("%r10", body);
    for (int i = 0; i < 32; i++) {
      assertEquals(i < 7 ? 6 : 8, out[i]);
    }
  }
}
