package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of every matrix product: {@link #ROWS} rows of A times one panel of B,
 * accumulated in vector registers over the whole depth. A panel is two vectors wide and stored
 * [depth][2 * WIDTH].
 *
 * <p>Every element is one chain of fused multiply-adds in ascending depth, whatever its row in the
 * tile. The result of a row is therefore bit-identical whatever its neighbours. A BLAS does not
 * guarantee this, because its edge tiles may sum in another order.
 */
final class MatmulTile {
  /** Columns of a panel. */
  static final int PANEL = 2 * WIDTH;

  /**
   * Accumulators, panel and broadcast must fit in the vector registers: 32 with AVX-512 or NEON,
   * else 16.
   */
  static final int ROWS = WIDTH == 8 ? 4 : 8;

  /** The largest {@link #ROWS} of any machine; tensors have this many padding rows. */
  static final int MAX_ROWS = 8;

  private MatmulTile() {}

  /** The number of panels that cover {@code columns} columns. */
  static int panels(int columns) {
    return (columns + PANEL - 1) / PANEL;
  }

  /**
   * c[r][j] = sum over k of a[r][k] * b[k][j] for r < {@link #ROWS} and j < {@link #PANEL}.
   *
   * @param c the output rows
   * @param a the input rows
   * @param b the panel; its stride is {@link #PANEL}
   * @param depth the number of k
   */
  static void multiply(View c, View a, View b, int depth) {
    if (ROWS == 8) {
      multiply8(c, a, b, depth);
    } else {
      multiply4(c, a, b, depth);
    }
  }

  private static void multiply8(View c, View a, View b, int depth) {
    float[] rows = a.values;
    float[] panel = b.values;
    int panelAt = b.at;
    int a0 = a.at;
    int a1 = a0 + a.stride;
    int a2 = a1 + a.stride;
    int a3 = a2 + a.stride;
    int a4 = a3 + a.stride;
    int a5 = a4 + a.stride;
    int a6 = a5 + a.stride;
    int a7 = a6 + a.stride;
    FloatVector c0l = FloatVector.zero(FLOATS);
    FloatVector c0r = c0l;
    FloatVector c1l = FloatVector.zero(FLOATS);
    FloatVector c1r = c1l;
    FloatVector c2l = FloatVector.zero(FLOATS);
    FloatVector c2r = c2l;
    FloatVector c3l = FloatVector.zero(FLOATS);
    FloatVector c3r = c3l;
    FloatVector c4l = FloatVector.zero(FLOATS);
    FloatVector c4r = c4l;
    FloatVector c5l = FloatVector.zero(FLOATS);
    FloatVector c5r = c5l;
    FloatVector c6l = FloatVector.zero(FLOATS);
    FloatVector c6r = c6l;
    FloatVector c7l = FloatVector.zero(FLOATS);
    FloatVector c7r = c7l;
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.fromArray(FLOATS, panel, panelAt + k * PANEL);
      FloatVector right = FloatVector.fromArray(FLOATS, panel, panelAt + k * PANEL + WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, rows[a0 + k]);
      c0l = x.fma(left, c0l);
      c0r = x.fma(right, c0r);
      x = FloatVector.broadcast(FLOATS, rows[a1 + k]);
      c1l = x.fma(left, c1l);
      c1r = x.fma(right, c1r);
      x = FloatVector.broadcast(FLOATS, rows[a2 + k]);
      c2l = x.fma(left, c2l);
      c2r = x.fma(right, c2r);
      x = FloatVector.broadcast(FLOATS, rows[a3 + k]);
      c3l = x.fma(left, c3l);
      c3r = x.fma(right, c3r);
      x = FloatVector.broadcast(FLOATS, rows[a4 + k]);
      c4l = x.fma(left, c4l);
      c4r = x.fma(right, c4r);
      x = FloatVector.broadcast(FLOATS, rows[a5 + k]);
      c5l = x.fma(left, c5l);
      c5r = x.fma(right, c5r);
      x = FloatVector.broadcast(FLOATS, rows[a6 + k]);
      c6l = x.fma(left, c6l);
      c6r = x.fma(right, c6r);
      x = FloatVector.broadcast(FLOATS, rows[a7 + k]);
      c7l = x.fma(left, c7l);
      c7r = x.fma(right, c7r);
    }
    store(c, 0, c0l, c0r);
    store(c, 1, c1l, c1r);
    store(c, 2, c2l, c2r);
    store(c, 3, c3l, c3r);
    store(c, 4, c4l, c4r);
    store(c, 5, c5l, c5r);
    store(c, 6, c6l, c6r);
    store(c, 7, c7l, c7r);
  }

  private static void multiply4(View c, View a, View b, int depth) {
    float[] rows = a.values;
    float[] panel = b.values;
    int panelAt = b.at;
    int a0 = a.at;
    int a1 = a0 + a.stride;
    int a2 = a1 + a.stride;
    int a3 = a2 + a.stride;
    FloatVector c0l = FloatVector.zero(FLOATS);
    FloatVector c0r = c0l;
    FloatVector c1l = FloatVector.zero(FLOATS);
    FloatVector c1r = c1l;
    FloatVector c2l = FloatVector.zero(FLOATS);
    FloatVector c2r = c2l;
    FloatVector c3l = FloatVector.zero(FLOATS);
    FloatVector c3r = c3l;
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.fromArray(FLOATS, panel, panelAt + k * PANEL);
      FloatVector right = FloatVector.fromArray(FLOATS, panel, panelAt + k * PANEL + WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, rows[a0 + k]);
      c0l = x.fma(left, c0l);
      c0r = x.fma(right, c0r);
      x = FloatVector.broadcast(FLOATS, rows[a1 + k]);
      c1l = x.fma(left, c1l);
      c1r = x.fma(right, c1r);
      x = FloatVector.broadcast(FLOATS, rows[a2 + k]);
      c2l = x.fma(left, c2l);
      c2r = x.fma(right, c2r);
      x = FloatVector.broadcast(FLOATS, rows[a3 + k]);
      c3l = x.fma(left, c3l);
      c3r = x.fma(right, c3r);
    }
    store(c, 0, c0l, c0r);
    store(c, 1, c1l, c1r);
    store(c, 2, c2l, c2r);
    store(c, 3, c3l, c3r);
  }

  static void store(View c, int row, FloatVector left, FloatVector right) {
    int at = c.at + row * c.stride;
    left.intoArray(c.values, at);
    right.intoArray(c.values, at + WIDTH);
  }
}
