package dev.phoenix.ops;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;

/** An embedding table and its accumulators in float arrays, for backends in the host's memory. */
public final class HostTable implements TrainableTable, Scope.Resource {
  private final Shape shape;
  private float[] values;
  private float[] accumulators;

  private HostTable(Shape shape) {
    this.shape = shape;
    this.values = new float[shape.elements()];
    this.accumulators = new float[shape.rows()];
  }

  /** A table of zeros, owned by {@code scope}. */
  public static HostTable create(Scope scope, Shape shape) {
    return scope.own(new HostTable(shape));
  }

  /** Casts {@code table}, or throws if it is of another kind. */
  public static HostTable of(TrainableTable table) {
    if (table instanceof HostTable cpu) {
      return cpu;
    }
    throw new IllegalArgumentException(
        "a table of " + table.rows() + " rows is not in the host's memory");
  }

  /** The rows [rows, D], dense; not a copy. */
  public float[] values() {
    return values;
  }

  /** The AdaGrad accumulators [rows]; not a copy. */
  public float[] accumulators() {
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
