package dev.phoenix.ops.reference;

import dev.phoenix.ops.TrainableTable;
import dev.phoenix.tensor.Shape;

/** An embedding table and its accumulators. */
final class ReferenceTable implements TrainableTable {
  private final Shape shape;
  private final float[] values;
  private final float[] accumulators;

  ReferenceTable(Shape shape) {
    this.shape = shape;
    this.values = new float[shape.elements()];
    this.accumulators = new float[shape.rows()];
  }

  static ReferenceTable of(TrainableTable table) {
    if (table instanceof ReferenceTable reference) {
      return reference;
    }
    throw new IllegalArgumentException(
        "a table of " + table.rows() + " rows is not one of the reference backend");
  }

  float[] values() {
    return values;
  }

  float[] accumulators() {
    return accumulators;
  }

  @Override
  public int rows() {
    return shape.rows();
  }

  @Override
  public int columns() {
    return shape.columns();
  }

  @Override
  public void copyRows(int from, int count, float[] to) {
    System.arraycopy(values, from * columns(), to, 0, count * columns());
  }

  @Override
  public void setRows(int from, int count, float[] newValues) {
    System.arraycopy(newValues, 0, values, from * columns(), count * columns());
  }

  @Override
  public void copyAccumulators(int from, int count, float[] to) {
    System.arraycopy(accumulators, from, to, 0, count);
  }

  @Override
  public void setAccumulators(int from, int count, float[] newValues) {
    System.arraycopy(newValues, 0, accumulators, from, count);
  }
}
