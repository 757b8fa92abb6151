package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.Precision;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Attention of one thread: a register tile of queries of one head against the kept keys and values
 * of one request. The logit cap bounds every logit to ±30, so weights are plain exponentials: no
 * row maximum, no rescaling. The logits of one tile are stored, never a T x T matrix.
 */
final class AttentionTile {
  private static final FloatVector CAP = Lanes.vector(HeadShape.LOGIT_CAP);

  private final HeadShape shape;

  /** Scales q·k to the argument x of tanh(x / 2). */
  private final FloatVector tanhScale;

  private final boolean round;
  private final int outputColumns;
  private final float[] output;
  private final float[] own = new float[Math.max(WIDTH, MatmulTile.MAX_ROWS)];
  private final float[] lanes = new float[WIDTH];
  private final float[] totals = new float[MatmulTile.MAX_ROWS];
  private final View queryView = new View();
  private final View panelView = new View();
  private final View resultView = new View();
  private float[] logits = new float[0];
  private int logitColumns;

  AttentionTile(HeadShape shape, Precision precision) {
    this.shape = shape;
    this.tanhScale = Lanes.vector(2 * shape.multiplier() / HeadShape.LOGIT_CAP);
    this.round = precision == Precision.BFLOAT16;
    this.outputColumns = MatmulTile.panels(shape.headSize()) * MatmulTile.PANEL;
    this.output = new float[MatmulTile.MAX_ROWS * outputColumns];
  }

  /** Computes the raw logits of a tile of queries against the first {@code keyCount} keys. */
  void multiplyKeys(float[] queries, int queryAt, int stride, KeyPanels keys, int keyCount) {
    int panels = MatmulTile.panels(keyCount);
    int columns = panels * MatmulTile.PANEL;
    if (logits.length < columns * MatmulTile.MAX_ROWS) {
      logits = new float[columns * MatmulTile.MAX_ROWS];
    }
    logitColumns = columns;
    queryView.of(queries, queryAt, stride);
    int panelSize = shape.headSize() * MatmulTile.PANEL;
    for (int panel = 0; panel < panels; panel++) {
      panelView.of(keys.values, keys.at + panel * panelSize, MatmulTile.PANEL);
      resultView.of(logits, panel * MatmulTile.PANEL, logitColumns);
      MatmulTile.multiply(resultView, queryView, panelView, shape.headSize());
    }
  }

  /**
   * Replaces the first {@code visible} logits of a row by weights and the others up to {@code
   * depth} by zeros, and sets the row's total to the sum of the weights.
   */
  void weigh(int row, int visible, int depth) {
    int at = row * logitColumns;
    int whole = (visible + WIDTH - 1) / WIDTH * WIDTH;
    exponentiate(logits, at, whole);
    Arrays.fill(logits, at + visible, at + Math.max(whole, depth), 0f);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = at; i < at + whole; i += WIDTH) {
      sum = sum.add(FloatVector.fromArray(FLOATS, logits, i));
    }
    sum.intoArray(lanes, 0);
    totals[row] = Rows.sumStored(lanes, 0);
  }

  /**
   * Replaces {@code length} logits by weights. Rounding is a separate loop: in this loop it would
   * exceed C2's inlining limit, and C2 would box every vector.
   */
  private void exponentiate(float[] x, int at, int length) {
    for (int i = at; i < at + length; i += WIDTH) {
      FloatVector logit = FloatVector.fromArray(FLOATS, x, i).mul(tanhScale);
      Lanes.boundedExp(Lanes.tanhOfHalf(logit).mul(CAP)).intoArray(x, i);
    }
    if (round) {
      Rows.roundToBfloat16(x, at, length);
    }
  }

  /** Computes the weighted sums of the values at the first {@code depth} positions. */
  void multiplyValues(KeyPanels values, int paddedLength, int depth) {
    queryView.of(logits, 0, logitColumns);
    for (int d = 0; d < shape.headSize(); d += MatmulTile.PANEL) {
      panelView.of(values.values, values.at + d * paddedLength, MatmulTile.PANEL);
      resultView.of(output, d, outputColumns);
      MatmulTile.multiply(resultView, queryView, panelView, depth);
    }
  }

  /** Computes the raw logit of a row against its own key. */
  void setOwnLogit(int row, float[] rows, int queryAt, int keyAt) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int size = shape.headSize();
    int d = 0;
    for (; d + WIDTH <= size; d += WIDTH) {
      FloatVector key = FloatVector.fromArray(FLOATS, rows, keyAt + d);
      sum = FloatVector.fromArray(FLOATS, rows, queryAt + d).fma(key, sum);
    }
    if (d < size) {
      VectorMask<Float> rest = FLOATS.indexInRange(d, size);
      FloatVector key = FloatVector.fromArray(FLOATS, rows, keyAt + d, rest);
      sum = FloatVector.fromArray(FLOATS, rows, queryAt + d, rest).fma(key, sum);
    }
    sum.intoArray(lanes, 0);
    own[row] = Rows.sumStored(lanes, 0);
  }

  /** Replaces the own logits of all rows by weights. */
  void weighOwn() {
    exponentiate(own, 0, own.length);
  }

  /** Adds the weighted own value of a row to its sums. */
  void addOwnValue(int row, float[] rows, int valueAt) {
    totals[row] += own[row];
    int at = row * outputColumns;
    for (int d = 0; d < shape.headSize(); d++) {
      output[at + d] = Math.fma(own[row], rows[valueAt + d], output[at + d]);
    }
  }

  /** The sum of a row's weights so far; 0 only if it has attended to no key. */
  float total(int row) {
    return totals[row];
  }

  /** Writes the weighted mean of the values for a row. */
  void write(int row, float[] out, int to) {
    float inverse = 1 / totals[row];
    int at = row * outputColumns;
    for (int d = at; d < at + outputColumns; d += WIDTH) {
      FloatVector.fromArray(FLOATS, output, d).mul(inverse).intoArray(output, d);
    }
    if (round) {
      Rows.roundToBfloat16(output, at, outputColumns);
    }
    System.arraycopy(output, at, out, to, shape.headSize());
  }

  /** A reference to the key or value panels of one request and head. */
  static final class KeyPanels {
    float[] values = new float[0];
    int at;

    KeyPanels of(float[] newValues, int newAt) {
      values = newValues;
      at = newAt;
      return this;
    }
  }
}
