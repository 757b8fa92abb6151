package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of products Xᵀ · Y, a sum of outer products of rows: {@link MatmulTile#ROWS}
 * columns of X by one panel of columns of Y, accumulated in registers over a range of rows. Neither
 * operand is packed: a step reads a few adjacent elements of a row of X and two vectors of a row of
 * Y.
 */
final class OuterTile {
  private OuterTile() {}

  /**
   * c[i][j] = sum over k of x[k][i] * y[k][j] for i < {@link MatmulTile#ROWS} and j < {@link
   * MatmulTile#PANEL}, k ascending.
   *
   * @param c the output tile
   * @param x rows of X, beginning at the tile's first column
   * @param y rows of Y, beginning at the tile's first column
   * @param depth the number of rows
   */
  static void multiply(View c, View x, View y, int depth) {
    if (MatmulTile.ROWS == 8) {
      multiply8(c, x, y, depth);
    } else {
      multiply4(c, x, y, depth);
    }
  }

  private static void multiply8(View c, View x, View y, int depth) {
    float[] left = x.values;
    float[] right = y.values;
    int at = x.at;
    int to = y.at;
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
      FloatVector yl = FloatVector.fromArray(FLOATS, right, to);
      FloatVector yr = FloatVector.fromArray(FLOATS, right, to + WIDTH);
      FloatVector a = FloatVector.broadcast(FLOATS, left[at]);
      c0l = a.fma(yl, c0l);
      c0r = a.fma(yr, c0r);
      a = FloatVector.broadcast(FLOATS, left[at + 1]);
      c1l = a.fma(yl, c1l);
      c1r = a.fma(yr, c1r);
      a = FloatVector.broadcast(FLOATS, left[at + 2]);
      c2l = a.fma(yl, c2l);
      c2r = a.fma(yr, c2r);
      a = FloatVector.broadcast(FLOATS, left[at + 3]);
      c3l = a.fma(yl, c3l);
      c3r = a.fma(yr, c3r);
      a = FloatVector.broadcast(FLOATS, left[at + 4]);
      c4l = a.fma(yl, c4l);
      c4r = a.fma(yr, c4r);
      a = FloatVector.broadcast(FLOATS, left[at + 5]);
      c5l = a.fma(yl, c5l);
      c5r = a.fma(yr, c5r);
      a = FloatVector.broadcast(FLOATS, left[at + 6]);
      c6l = a.fma(yl, c6l);
      c6r = a.fma(yr, c6r);
      a = FloatVector.broadcast(FLOATS, left[at + 7]);
      c7l = a.fma(yl, c7l);
      c7r = a.fma(yr, c7r);
      at += x.stride;
      to += y.stride;
    }
    MatmulTile.store(c, 0, c0l, c0r);
    MatmulTile.store(c, 1, c1l, c1r);
    MatmulTile.store(c, 2, c2l, c2r);
    MatmulTile.store(c, 3, c3l, c3r);
    MatmulTile.store(c, 4, c4l, c4r);
    MatmulTile.store(c, 5, c5l, c5r);
    MatmulTile.store(c, 6, c6l, c6r);
    MatmulTile.store(c, 7, c7l, c7r);
  }

  private static void multiply4(View c, View x, View y, int depth) {
    float[] left = x.values;
    float[] right = y.values;
    int at = x.at;
    int to = y.at;
    FloatVector c0l = FloatVector.zero(FLOATS);
    FloatVector c0r = c0l;
    FloatVector c1l = FloatVector.zero(FLOATS);
    FloatVector c1r = c1l;
    FloatVector c2l = FloatVector.zero(FLOATS);
    FloatVector c2r = c2l;
    FloatVector c3l = FloatVector.zero(FLOATS);
    FloatVector c3r = c3l;
    for (int k = 0; k < depth; k++) {
      FloatVector yl = FloatVector.fromArray(FLOATS, right, to);
      FloatVector yr = FloatVector.fromArray(FLOATS, right, to + WIDTH);
      FloatVector a = FloatVector.broadcast(FLOATS, left[at]);
      c0l = a.fma(yl, c0l);
      c0r = a.fma(yr, c0r);
      a = FloatVector.broadcast(FLOATS, left[at + 1]);
      c1l = a.fma(yl, c1l);
      c1r = a.fma(yr, c1r);
      a = FloatVector.broadcast(FLOATS, left[at + 2]);
      c2l = a.fma(yl, c2l);
      c2r = a.fma(yr, c2r);
      a = FloatVector.broadcast(FLOATS, left[at + 3]);
      c3l = a.fma(yl, c3l);
      c3r = a.fma(yr, c3r);
      at += x.stride;
      to += y.stride;
    }
    MatmulTile.store(c, 0, c0l, c0r);
    MatmulTile.store(c, 1, c1l, c1r);
    MatmulTile.store(c, 2, c2l, c2r);
    MatmulTile.store(c, 3, c3l, c3r);
  }
}
