package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.ops.Precision;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One thread's tile of attention: a register tile of queries of one head against the kept keys and
 * values of one request. The logit cap bounds every logit to ±30, so weights are plain
 * exponentials: no row maximum, no rescaling. Only whole tiles of logits are ever stored, never T x
 * T.
 */
final class AttentionTile {
  private static final FloatVector CAP = Lanes.vector(AttentionShape.LOGIT_CAP);

  private final AttentionShape shape;

  /** Turns q·k into the argument of tanh(x / 2). */
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

  AttentionTile(AttentionShape shape, Precision precision) {
    this.shape = shape;
    this.tanhScale = Lanes.vector(2 * shape.multiplier() / AttentionShape.LOGIT_CAP);
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
   * Turns the first {@code visible} logits of row {@code row} into weights, the rest up to {@code
   * depth} into zeros, and takes their sum as the row's total.
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
   * Turns {@code length} logits into weights in place. Rounding is a pass of its own: within the
   * loop it outgrows C2's inlining, and then every vector handed to it is boxed.
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

  /** Sums the values by weight, over the first {@code depth} positions. */
  void multiplyValues(KeyPanels values, int paddedLength, int depth) {
    queryView.of(logits, 0, logitColumns);
    for (int d = 0; d < shape.headSize(); d += MatmulTile.PANEL) {
      panelView.of(values.values, values.at + d * paddedLength, MatmulTile.PANEL);
      resultView.of(output, d, outputColumns);
      MatmulTile.multiply(resultView, queryView, panelView, depth);
    }
  }

  /** The raw logit of row {@code row} against the key of its own row. */
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

  /** Turns the own logits of all rows into weights. */
  void weighOwn() {
    exponentiate(own, 0, own.length);
  }

  /** Adds row {@code row}'s own value, by its own weight, to the row's sums. */
  void addOwnValue(int row, float[] rows, int valueAt) {
    totals[row] += own[row];
    int at = row * outputColumns;
    for (int d = 0; d < shape.headSize(); d++) {
      output[at + d] = Math.fma(own[row], rows[valueAt + d], output[at + d]);
    }
  }

  /** The sum of row {@code row}'s weights so far; 0 only if it has seen no key. */
  float total(int row) {
    return totals[row];
  }

  /** Writes the weighted mean of row {@code row}. */
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

  /** Where the panels of one request and head begin. */
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
