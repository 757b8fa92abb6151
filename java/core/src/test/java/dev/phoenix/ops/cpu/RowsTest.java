package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.testing.Seeds;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class RowsTest {
  /** Adds lane i and lane (i + half) repeatedly, on plain floats. */
  private static float tree(float[] lanes) {
    float[] folded = lanes.clone();
    for (int half = lanes.length / 2; half > 0; half /= 2) {
      float[] next = new float[lanes.length];
      for (int lane = 0; lane < lanes.length; lane++) {
        next[lane] = folded[lane] + folded[(lane + half) % lanes.length];
      }
      folded = next;
    }
    return folded[0];
  }

  @Test
  void lanesAreAddedAsATreeOfHalves() {
    Random random = Seeds.random("rows");
    for (int round = 0; round < 50_000; round++) {
      float[] lanes = new float[Lanes.WIDTH];
      for (int lane = 0; lane < lanes.length; lane++) {
        lanes[lane] = (float) Math.scalb(random.nextGaussian(), random.nextInt(20));
      }
      float found = Rows.sum(FloatVector.fromArray(Lanes.FLOATS, lanes, 0));
      assertEquals(tree(lanes), found, Seeds.replay());
    }
  }

  @Test
  void squaresAreSummedLaneByLaneInOrder() {
    Random random = Seeds.random("squares");
    float[] x = new float[48];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] lanes = new float[Lanes.WIDTH];
    for (int i = 16; i < 48; i++) {
      int lane = (i - 16) % Lanes.WIDTH;
      lanes[lane] = Math.fma(x[i], x[i], lanes[lane]);
    }
    assertEquals(
        tree(lanes), Rows.sumOfSquares(x, 16, 32, new float[Lanes.WIDTH], 0), Seeds.replay());
    assertEquals(0f, Rows.sumOfSquares(x, 16, 0, new float[Lanes.WIDTH], 0));
  }

  @Test
  void roundingTouchesOnlyItsRange() {
    float[] x = new float[64];
    java.util.Arrays.fill(x, 0x1.01p0f);
    Rows.roundToBfloat16(x, 16, 32);
    for (int i = 0; i < x.length; i++) {
      assertEquals(i >= 16 && i < 48 ? 1f : 0x1.01p0f, x[i]);
    }
  }
}
