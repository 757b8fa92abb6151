package dev.phoenix.ops.cpu;

import dev.phoenix.ops.Precision;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;

/**
 * A matrix [in, out] in the panel layout of {@link MatmulTile}, [panel][in][PANEL], padded with
 * zero columns. The two matrices of a gated pair share panels: the left vector of a panel holds
 * gate columns, the right vector the corresponding up columns.
 */
final class PackedMatrix implements Weight, Scope.Resource {
  private Shape shape;
  private int panels;
  private final Precision precision;
  private float[] values;

  private PackedMatrix(Shape shape, int panels, Precision precision) {
    this.shape = shape;
    this.precision = precision;
    this.panels = panels;
    this.values =
        new float[Math.multiplyExact(Math.multiplyExact(panels, shape.rows()), MatmulTile.PANEL)];
  }

  /** Packs {@code dense} [in, out], rounded to {@code precision}. */
  static PackedMatrix create(Scope scope, Shape shape, float[] dense, Precision precision) {
    requireElements(shape, dense);
    PackedMatrix packed = new PackedMatrix(shape, MatmulTile.panels(shape.columns()), precision);
    for (int column = 0; column < shape.columns(); column++) {
      int offset = column % MatmulTile.PANEL;
      packed.putColumn(column / MatmulTile.PANEL, offset, dense, column);
    }
    packed.round();
    return scope.own(packed);
  }

  /**
   * Packs {@code gate} and {@code up}, both [in, F], so that one tile holds the gate and the up
   * column of an output.
   */
  static PackedMatrix createGated(
      Scope scope, Shape shape, float[] gate, float[] up, Precision precision) {
    requireElements(shape, gate);
    requireElements(shape, up);
    int panels = (shape.columns() + Lanes.WIDTH - 1) / Lanes.WIDTH;
    PackedMatrix packed = new PackedMatrix(shape, panels, precision);
    for (int column = 0; column < shape.columns(); column++) {
      int offset = column % Lanes.WIDTH;
      packed.putColumn(column / Lanes.WIDTH, offset, gate, column);
      packed.putColumn(column / Lanes.WIDTH, offset + Lanes.WIDTH, up, column);
    }
    packed.round();
    return scope.own(packed);
  }

  /** Creates an empty float32 matrix for {@link #pack} or {@link #packTransposed}. */
  static PackedMatrix empty(Scope scope) {
    return scope.own(new PackedMatrix(new Shape(0, 0), 0, Precision.FLOAT32));
  }

  /** Replaces the contents by {@code matrix}. */
  void pack(Team team, CpuTensor matrix) {
    resize(matrix.shape());
    float[] from = matrix.data();
    int stride = matrix.stride();
    team.run(
        (panel, member) -> {
          int column = panel * MatmulTile.PANEL;
          int width = Math.min(MatmulTile.PANEL, shape.columns() - column);
          int at = panelAt(panel);
          for (int k = 0; k < shape.rows(); k++) {
            int to = at + k * MatmulTile.PANEL;
            System.arraycopy(from, k * stride + column, values, to, width);
            Arrays.fill(values, to + width, to + MatmulTile.PANEL, 0f);
          }
        },
        panels);
  }

  /** Replaces the contents by the transpose of {@code matrix}. */
  void packTransposed(Team team, CpuTensor matrix) {
    resize(new Shape(matrix.columns(), matrix.rows()));
    float[] from = matrix.data();
    int stride = matrix.stride();
    team.run(
        (panel, member) -> {
          int first = panel * MatmulTile.PANEL;
          int width = Math.min(MatmulTile.PANEL, shape.columns() - first);
          transpose(from, first * stride, stride, width, panelAt(panel));
        },
        panels);
  }

  private void transpose(float[] from, int fromAt, int stride, int width, int at) {
    for (int j = 0; j < width; j++) {
      int row = fromAt + j * stride;
      for (int k = 0; k < shape.rows(); k++) {
        values[at + k * MatmulTile.PANEL + j] = from[row + k];
      }
    }
    for (int k = 0; k < shape.rows() && width < MatmulTile.PANEL; k++) {
      int to = at + k * MatmulTile.PANEL;
      Arrays.fill(values, to + width, to + MatmulTile.PANEL, 0f);
    }
  }

  private void resize(Shape newShape) {
    shape = newShape;
    panels = MatmulTile.panels(newShape.columns());
    int length = Math.multiplyExact(Math.multiplyExact(panels, shape.rows()), MatmulTile.PANEL);
    if (values.length < length) {
      values = new float[length];
    }
  }

  static PackedMatrix of(Weight weight) {
    if (weight instanceof PackedMatrix packed) {
      return packed;
    }
    if (weight instanceof CpuTrainable trainable) {
      return trainable.packed();
    }
    throw new IllegalArgumentException("a weight of " + weight.shape() + " is not a CPU matrix");
  }

  private static void requireElements(Shape shape, float[] values) {
    if (values.length != shape.elements()) {
      throw new IllegalArgumentException(
          "a matrix %s takes %d values, found %d"
              .formatted(shape, shape.elements(), values.length));
    }
  }

  private void putColumn(int panel, int offset, float[] dense, int column) {
    int at = panelAt(panel) + offset;
    for (int k = 0; k < shape.rows(); k++) {
      values[at + k * MatmulTile.PANEL] = dense[k * shape.columns() + column];
    }
  }

  private void round() {
    if (precision == Precision.BFLOAT16) {
      Rows.roundToBfloat16(values, 0, values.length);
    }
  }

  float[] values() {
    return values;
  }

  /** The precision to which the values and gated products with them are rounded. */
  Precision precision() {
    return precision;
  }

  int panels() {
    return panels;
  }

  int panelAt(int panel) {
    return panel * shape.rows() * MatmulTile.PANEL;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public long bytes() {
    return (long) values.length * Float.BYTES;
  }

  @Override
  public void release() {
    values = new float[0];
  }
}
