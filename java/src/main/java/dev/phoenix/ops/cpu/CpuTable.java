package dev.phoenix.ops.cpu;

import dev.phoenix.ops.TrainableTable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;

/** An embedding table and its accumulators in float arrays. */
final class CpuTable implements TrainableTable, Scope.Resource {
  private final Shape shape;
  private float[] values;
  private float[] accumulators;

  private CpuTable(Shape shape) {
    this.shape = shape;
    this.values = new float[shape.elements()];
    this.accumulators = new float[shape.rows()];
  }

  static CpuTable create(Scope scope, Shape shape) {
    return scope.own(new CpuTable(shape));
  }

  static CpuTable of(TrainableTable table) {
    if (table instanceof CpuTable cpu) {
      return cpu;
    }
    throw new IllegalArgumentException("a table of " + table.rows() + " rows is not in CPU memory");
  }

  /** [rows, D], dense. */
  float[] values() {
    return values;
  }

  /** [rows]. */
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

  @Override
  public long bytes() {
    return ((long) values.length + accumulators.length) * Float.BYTES;
  }

  @Override
  public void release() {
    values = new float[0];
    accumulators = new float[0];
  }
}
