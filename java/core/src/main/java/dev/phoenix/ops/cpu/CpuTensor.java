package dev.phoenix.ops.cpu;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;

/**
 * A matrix in a float array. Rows are {@link #stride} apart and padded with zeros. The array has
 * space for one register tile of rows after the last row. Row loops and tiles therefore need no
 * special case at the end.
 */
final class CpuTensor extends Tensor implements Scope.Resource {
  private final int stride;
  private float[] data;

  private CpuTensor(String name, Shape capacity, float[] data) {
    super(name, capacity);
    this.stride = Lanes.padded(capacity.columns());
    this.data = data;
  }

  static CpuTensor create(Scope scope, String name, Shape capacity) {
    int stride = Lanes.padded(capacity.columns());
    float[] data = new float[Math.multiplyExact(paddedRows(capacity.rows()), stride)];
    return scope.own(new CpuTensor(name, capacity, data));
  }

  /**
   * Creates a tensor of another shape over the memory of this one, whose contents become undefined.
   * The padding is zero once an operation has written whole rows.
   */
  CpuTensor shaped(Shape shape) {
    CpuTensor view = new CpuTensor(name(), shape, data);
    if ((long) paddedRows(shape.rows()) * view.stride > data.length) {
      throw new IllegalArgumentException(this + " has no room for " + shape);
    }
    return view;
  }

  /** Casts {@code tensor}, or throws if it is of another backend. */
  static CpuTensor of(Tensor tensor) {
    if (tensor instanceof CpuTensor cpu) {
      return cpu;
    }
    throw new IllegalArgumentException(tensor + " is not in CPU memory");
  }

  /** Adds the rows of one tile, because a tile may begin at any row. */
  private static int paddedRows(int rows) {
    return rows + MatmulTile.MAX_ROWS;
  }

  /** The values; row r begins at r * {@link #stride}. */
  float[] data() {
    if (data.length == 0 && stride > 0 && rows() > 0) {
      throw new IllegalStateException(this + " is closed");
    }
    return data;
  }

  /** Columns rounded up to the row padding. */
  int stride() {
    return stride;
  }

  @Override
  public void copyFrom(float[] from, int at) {
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(from, at + row * columns(), data(), row * stride, columns());
    }
  }

  @Override
  public void copyTo(float[] to, int at) {
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(data(), row * stride, to, at + row * columns(), columns());
    }
  }

  /**
   * Overwrites all values, padding rows included, with NaN, so that tests detect reads of stale
   * memory.
   */
  void poison() {
    Arrays.fill(data, Float.NaN);
    for (int at = 0; at < data.length; at += stride) {
      Arrays.fill(data, at + columns(), at + stride, 0f);
    }
  }

  @Override
  public long bytes() {
    return (long) data.length * Float.BYTES;
  }

  @Override
  public void release() {
    data = new float[0];
  }
}
