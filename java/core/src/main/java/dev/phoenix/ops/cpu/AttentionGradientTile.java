package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.HeadShape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The backward pass of attention for one thread, one key/value head of one request at a time. It
 * recomputes the softmax weights for a block of queries at a time, so that at most {@link #BLOCK}
 * rows of them are stored. With t = tanh(q·k m / 30), p = exp(30 t) / sum, D = dO · O: dS = p (dO ·
 * v - D), and dQ, dK take dS (1 - t²) m, dV takes p.
 */
final class AttentionGradientTile {
  /** Queries of a block. */
  static final int BLOCK = 32;

  private static final FloatVector CAP = Lanes.vector(HeadShape.LOGIT_CAP);
  private static final FloatVector ONE = Lanes.vector(1);

  private final HeadShape shape;
  private final FloatVector tanhScale;
  private final FloatVector multiplier;
  private final int headColumns;
  private final View a = new View();
  private final View b = new View();
  private final View c = new View();
  private final View spill =
      new View().of(new float[MatmulTile.MAX_ROWS * MatmulTile.PANEL], 0, MatmulTile.PANEL);
  private final float[] lanes = new float[WIDTH];
  private final float[] inverse = new float[BLOCK];
  private final float[] delta = new float[BLOCK];
  private float[] keysTransposed = new float[0];
  private float[] valuesTransposed = new float[0];
  private float[] keys = new float[0];
  private float[] weights = new float[0];
  private float[] slopes = new float[0];
  private float[] spread = new float[0];
  private float[] dKeys = new float[0];
  private float[] dValues = new float[0];
  private int length;
  private int columns;

  AttentionGradientTile(HeadShape shape) {
    this.shape = shape;
    this.tanhScale = Lanes.vector(2 * shape.multiplier() / HeadShape.LOGIT_CAP);
    this.multiplier = Lanes.vector(shape.multiplier());
    this.headColumns = MatmulTile.panels(shape.headSize()) * MatmulTile.PANEL;
  }

  /** Loads the keys and values of {@code count} rows and sets their gradients to zero. */
  void begin(float[] rows, int keyAt, int valueAt, int stride, int count) {
    length = count;
    columns = MatmulTile.panels(count) * MatmulTile.PANEL;
    int size = shape.headSize();
    keysTransposed = atLeast(keysTransposed, columns * size);
    valuesTransposed = atLeast(valuesTransposed, columns * size);
    keys = atLeast(keys, columns * headColumns);
    weights = atLeast(weights, (BLOCK + MatmulTile.MAX_ROWS) * columns);
    slopes = atLeast(slopes, (BLOCK + MatmulTile.MAX_ROWS) * columns);
    spread = atLeast(spread, (BLOCK + MatmulTile.MAX_ROWS) * columns);
    dKeys = atLeast(dKeys, (columns + MatmulTile.MAX_ROWS) * headColumns);
    dValues = atLeast(dValues, (columns + MatmulTile.MAX_ROWS) * headColumns);
    Arrays.fill(dKeys, 0, columns * headColumns, 0f);
    Arrays.fill(dValues, 0, columns * headColumns, 0f);
    for (int position = 0; position < count; position++) {
      int panel = position / MatmulTile.PANEL * size * MatmulTile.PANEL;
      int lane = position % MatmulTile.PANEL;
      int row = position * stride;
      for (int d = 0; d < size; d++) {
        keysTransposed[panel + d * MatmulTile.PANEL + lane] = rows[keyAt + row + d];
        valuesTransposed[panel + d * MatmulTile.PANEL + lane] = rows[valueAt + row + d];
      }
      for (int d = 0; d < size; d += MatmulTile.PANEL) {
        int width = Math.min(MatmulTile.PANEL, size - d);
        int to = d * columns + position * MatmulTile.PANEL;
        System.arraycopy(rows, keyAt + row + d, keys, to, width);
      }
    }
  }

  private static float[] atLeast(float[] array, int length) {
    return array.length >= length ? array : new float[length + length / 2];
  }

  /** Computes q·k and dO · v for {@code count} queries and {@code depth} keys. */
  void multiply(View queries, View dOut, int count, int depth) {
    for (int row = 0; row < count; row += MatmulTile.ROWS) {
      for (int panel = 0; panel < MatmulTile.panels(depth); panel++) {
        int at = panel * shape.headSize() * MatmulTile.PANEL;
        int to = row * columns + panel * MatmulTile.PANEL;
        a.of(queries.values, queries.at + row * queries.stride, queries.stride);
        b.of(keysTransposed, at, MatmulTile.PANEL);
        c.of(weights, to, columns);
        MatmulTile.multiply(c, a, b, shape.headSize());
        a.of(dOut.values, dOut.at + row * dOut.stride, dOut.stride);
        b.of(valuesTransposed, at, MatmulTile.PANEL);
        c.of(spread, to, columns);
        MatmulTile.multiply(c, a, b, shape.headSize());
      }
    }
  }

  /**
   * Replaces the logits of a row by e^(30 t), stores t, and returns the sum over the {@code
   * visible} keys.
   */
  float weigh(int row, int visible) {
    int at = row * columns;
    int whole = (visible + WIDTH - 1) / WIDTH * WIDTH;
    weigh(weights, slopes, at, at + whole);
    Arrays.fill(weights, at + visible, at + columns, 0f);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = at; i < at + whole; i += WIDTH) {
      sum = sum.add(FloatVector.fromArray(FLOATS, weights, i));
    }
    sum.intoArray(lanes, 0);
    return Rows.sumStored(lanes, 0);
  }

  private void weigh(float[] x, float[] t, int from, int to) {
    for (int i = from; i < to; i += WIDTH) {
      FloatVector squashed = Lanes.tanhOfHalf(FloatVector.fromArray(FLOATS, x, i).mul(tanhScale));
      squashed.intoArray(t, i);
      Lanes.boundedExp(squashed.mul(CAP)).intoArray(x, i);
    }
  }

  /** Stores 1 / the sum of a row's weights, and D. */
  void setRow(int row, float total, float newDelta) {
    inverse[row] = 1 / total;
    delta[row] = newDelta;
  }

  /** Replaces e^(30 t) by p and dO · v by dS (1 - t²) m; both are zero from {@code visible} on. */
  void differentiate(int row, int visible) {
    int at = row * columns;
    int whole = (visible + WIDTH - 1) / WIDTH * WIDTH;
    differentiate(at, at + whole, inverse[row], delta[row]);
    Arrays.fill(spread, at + visible, at + columns, 0f);
  }

  private void differentiate(int from, int to, float scale, float d) {
    for (int i = from; i < to; i += WIDTH) {
      FloatVector p = FloatVector.fromArray(FLOATS, weights, i).mul(scale);
      FloatVector t = FloatVector.fromArray(FLOATS, slopes, i);
      FloatVector ds = FloatVector.fromArray(FLOATS, spread, i).sub(d).mul(p);
      p.intoArray(weights, i);
      ONE.sub(t.mul(t)).mul(multiplier).mul(ds).intoArray(spread, i);
    }
  }

  /** dQ += dS · K, into rows of {@code dq}. */
  void addQueryGradients(View dq, int count, int depth) {
    int size = shape.headSize();
    for (int row = 0; row < count; row += MatmulTile.ROWS) {
      a.of(spread, row * columns, columns);
      for (int d = 0; d < size; d += MatmulTile.PANEL) {
        b.of(keys, d * columns, MatmulTile.PANEL);
        MatmulTile.multiply(spill, a, b, depth);
        for (int r = 0; r < Math.min(MatmulTile.ROWS, count - row); r++) {
          int to = dq.at + (row + r) * dq.stride + d;
          add(
              dq.values,
              to,
              spill.values,
              r * MatmulTile.PANEL,
              Math.min(size - d, MatmulTile.PANEL));
        }
      }
    }
  }

  /** dK += dSᵀ · Q and dV += pᵀ · dO, summed over the queries of a block. */
  void addKeyValueGradients(View queries, View dOut, int count, int depth) {
    for (int position = 0; position < depth; position += MatmulTile.ROWS) {
      for (int d = 0; d < shape.headSize(); d += MatmulTile.PANEL) {
        int to = position * headColumns + d;
        a.of(spread, position, columns);
        b.of(queries.values, queries.at + d, queries.stride);
        addOuter(dKeys, to, count);
        a.of(weights, position, columns);
        b.of(dOut.values, dOut.at + d, dOut.stride);
        addOuter(dValues, to, count);
      }
    }
  }

  private void addOuter(float[] to, int at, int count) {
    OuterTile.multiply(spill, a, b, count);
    for (int r = 0; r < MatmulTile.ROWS; r++) {
      WeightGradientWork.addRow(
          to, at + r * headColumns, spill.values, r * MatmulTile.PANEL, MatmulTile.PANEL);
    }
  }

  /** Adds the gradients of keys and values to {@code rows}. */
  void end(float[] rows, int keyAt, int valueAt, int stride) {
    int size = shape.headSize();
    for (int position = 0; position < length; position++) {
      add(rows, keyAt + position * stride, dKeys, position * headColumns, size);
      add(rows, valueAt + position * stride, dValues, position * headColumns, size);
    }
  }

  /** to[at + i] += from[fromAt + i], for any width. */
  static void add(float[] to, int at, float[] from, int fromAt, int width) {
    int whole = width & -WIDTH;
    WeightGradientWork.addRow(to, at, from, fromAt, whole);
    for (int i = whole; i < width; i++) {
      to[at + i] += from[fromAt + i];
    }
  }

  /** The dot product of two vectors of the head size. */
  float dot(float[] x, int at, float[] y, int yAt) {
    int size = shape.headSize();
    int whole = size & -WIDTH;
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int d = 0; d < whole; d += WIDTH) {
      FloatVector left = FloatVector.fromArray(FLOATS, x, at + d);
      sum = left.fma(FloatVector.fromArray(FLOATS, y, yAt + d), sum);
    }
    sum.intoArray(lanes, 0);
    float total = Rows.sumStored(lanes, 0);
    for (int d = whole; d < size; d++) {
      total = Math.fma(x[at + d], y[yAt + d], total);
    }
    return total;
  }
}
