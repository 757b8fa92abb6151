package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Shuffles in every mode and width, votes, matches, reductions, partial masks. */
class WarpInstructionsTest {
  private interface Source {
    int of(int lane);
  }

  private static void shuffle(String mode, int b, int width, Source source) {
    int clamp = (mode.equals("up") ? 0 : 31) | (32 - width) << 8;
    String body =
        "add.s32 %r20, %r50, 100;\nshfl.sync."
            + mode
            + ".b32 %r21|%p1, %r20, "
            + b
            + ", "
            + clamp
            + ", -1;\nselp.u32 %r22, 1000, 0, %p1;\nadd.s32 %r10, %r21, %r22;";
    long[] out = Snippet.run("%r10", body);
    for (int lane = 0; lane < 32; lane++) {
      int segment = lane / width * width;
      int from = source.of(lane);
      boolean valid = from >= segment && from < segment + width;
      int wanted = (valid ? from : lane) + 100 + (valid ? 1000 : 0);
      assertEquals(wanted, out[lane], mode + " " + b + " width " + width + " lane " + lane);
    }
  }

  @Test
  void shufflesInSegments() {
    for (int width = 32; width >= 4; width /= 2) {
      int segment = width;
      for (int b = 0; b < width; b++) {
        int distance = b;
        shuffle("up", b, width, lane -> lane - distance);
        shuffle("down", b, width, lane -> lane + distance);
        shuffle("bfly", b, width, lane -> lane ^ distance);
        shuffle("idx", b, width, lane -> lane / segment * segment + distance);
      }
    }
  }

  @Test
  void votes() {
    String body =
        """
        and.b32 %r20, %r50, 3;
        setp.eq.s32 %p1, %r20, 1;
        vote.sync.ballot.b32 %r21, %p1, -1;
        vote.sync.any.pred %p2, %p1, -1;
        vote.sync.all.pred %p3, %p1, -1;
        vote.sync.uni.pred %p4, %p3, -1;
        selp.u32 %r22, 1, 0, %p2;
        selp.u32 %r23, 2, 0, %p3;
        selp.u32 %r24, 4, 0, %p4;
        add.s32 %r10, %r21, %r22;
        add.s32 %r10, %r10, %r23;
        add.s32 %r10, %r10, %r24;
        """;
    for (long value : Snippet.run("%r10", body)) {
      assertEquals(0x22222222L + 5, value);
    }
  }

  @Test
  void matchesAndReductions() {
    String body =
        """
        and.b32 %r20, %r50, 7;
        match.any.sync.b32 %r10, %r20, -1;
        """;
    long[] out = Snippet.run("%r10", body);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(0x01010101L << lane % 8, out[lane]);
    }
    assertEquals(496, Snippet.run("%r10", "redux.sync.add.s32 %r10, %r50, -1;")[5]);
    assertEquals(31, Snippet.run("%r10", "redux.sync.max.u32 %r10, %r50, -1;")[5]);
    assertEquals(0, Snippet.run("%r10", "redux.sync.xor.b32 %r10, %r50, -1;")[5]);
  }

  @Test
  void halvesOfAWarpWorkUnderTheirOwnMasks() {
    String body =
        """
        setp.lt.u32 %p1, %r50, 16;
        selp.b32 %r20, 65535, -65536, %p1;
        redux.sync.add.s32 %r10, %r50, %r20;
        """;
    long[] out = Snippet.run("%r10", body);
    assertEquals(120, out[3]);
    assertEquals(376, out[20]);
  }

  @Test
  void lanesWaitForThoseThatTookAnotherWay() {
    String body =
        """
        mov.u32 %r20, 0;
        setp.lt.u32 %p1, %r50, 8;
        @%p1 bra EARLY;
        mov.u32 %r20, %r50;
        EARLY:
        bar.warp.sync -1;
        shfl.sync.idx.b32 %r10, %r20, 31, 31, -1;
        """;
    for (long value : Snippet.run("%r10", body)) {
      assertEquals(31, value);
    }
  }

  @Test
  void activeMaskShowsTheGroup() {
    String body =
        """
        setp.lt.u32 %p1, %r50, 5;
        mov.u32 %r10, 0;
        @!%p1 bra DONE;
        activemask.b32 %r10;
        DONE:
        """;
    long[] out = Snippet.run("%r10", body);
    assertEquals(31, out[0]);
    assertEquals(0, out[5]);
  }
}
