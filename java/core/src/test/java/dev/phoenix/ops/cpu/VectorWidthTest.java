package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** Tests that a run with a requested vector width has it. */
class VectorWidthTest {
  @Test
  void vectorsAreAsWideAsTheRunAskedFor() {
    Integer asked = Integer.getInteger("phoenix.test.lanes");
    assumeTrue(asked != null, "this run takes the vectors that the machine prefers");
    String arch = System.getProperty("os.arch");
    assumeTrue(arch.equals("amd64"), "vectors can be narrowed on x86 only, not on " + arch);
    assertEquals(asked, Lanes.WIDTH);
    assertEquals(asked == 8 ? 4 : 8, MatmulTile.ROWS);
  }
}
