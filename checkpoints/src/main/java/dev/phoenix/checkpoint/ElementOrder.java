package dev.phoenix.checkpoint;

/** Maps element indices in C order (last index fastest) to positions in the file. */
final class ElementOrder {
  private final long[] shape;
  private final boolean sequential;

  ElementOrder(long[] shape, boolean fortranOrder) {
    this.shape = shape;
    int wide = 0;
    for (long dimension : shape) {
      wide += dimension > 1 ? 1 : 0;
    }
    this.sequential = !fortranOrder || wide <= 1;
  }

  /** Whether the file is in C order. */
  boolean isSequential() {
    return sequential;
  }

  /** Position in the file, in elements, of the element with this index in C order. */
  long filePosition(long index) {
    if (sequential) {
      return index;
    }
    long position = 0;
    long rest = index;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      long coordinate = rest % shape[axis];
      rest /= shape[axis];
      position += coordinate * fortranStride(axis);
    }
    return position;
  }

  private long fortranStride(int axis) {
    long stride = 1;
    for (int i = 0; i < axis; i++) {
      stride *= shape[i];
    }
    return stride;
  }
}
