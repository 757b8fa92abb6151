package dev.phoenix.ops.reference;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;

/** A matrix in a dense float array. */
final class ReferenceTensor extends Tensor implements Scope.Resource {
  private float[] data;
  private boolean closed;

  ReferenceTensor(String name, Shape capacity) {
    super(name, capacity);
    this.data = new float[capacity.elements()];
  }

  static ReferenceTensor of(Tensor tensor) {
    if (tensor instanceof ReferenceTensor reference) {
      return reference;
    }
    throw new IllegalArgumentException(tensor + " is not a tensor of the reference backend");
  }

  @Override
  public void copyFrom(float[] from, int at) {
    requireOpen();
    System.arraycopy(from, at, data, 0, rows() * columns());
  }

  @Override
  public void copyTo(float[] to, int at) {
    requireOpen();
    System.arraycopy(data, 0, to, at, rows() * columns());
  }

  /** A dense copy of the rows in use, because the reference definitions take whole arrays. */
  float[] values() {
    requireOpen();
    return Arrays.copyOf(data, rows() * columns());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(this + " is closed");
    }
  }

  @Override
  public long bytes() {
    return (long) data.length * Float.BYTES;
  }

  @Override
  public void release() {
    closed = true;
    data = new float[0];
  }
}
