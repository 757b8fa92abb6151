package dev.phoenix.device;

/**
 * Row-major memory layout of one operand of a matrix product.
 *
 * @param type of its elements
 * @param order whether the stored matrix is the operand or its transpose
 * @param leadingDimension elements from one stored row to the next
 * @param batchStride elements from one batch to the next; 0 uses the same matrix for all
 */
public record MatrixLayout(ElementType type, Order order, long leadingDimension, long batchStride) {
  /** Whether the operand or its transpose is stored. */
  public enum Order {
    /** The operand itself. */
    NORMAL,
    /** Its transpose: a K x N operand stored as N rows of K elements. */
    TRANSPOSED
  }

  /** Checks the strides; the matrix's size is not known here. */
  public MatrixLayout {
    if (leadingDimension < 1 || batchStride < 0) {
      throw new IllegalArgumentException(
          "leading dimension " + leadingDimension + ", batch stride " + batchStride);
    }
  }

  /** Rows x columns without gaps, batches one after the other. */
  public static MatrixLayout dense(ElementType type, int rows, int columns) {
    return new MatrixLayout(type, Order.NORMAL, columns, (long) rows * columns);
  }

  /** A rows x columns operand whose transpose is stored without gaps. */
  public static MatrixLayout denseTransposed(ElementType type, int rows, int columns) {
    return new MatrixLayout(type, Order.TRANSPOSED, rows, (long) rows * columns);
  }

  /** A copy with another leading dimension. */
  public MatrixLayout withLeadingDimension(long elements) {
    return new MatrixLayout(type, order, elements, batchStride);
  }

  /** A copy with another batch stride. */
  public MatrixLayout withBatchStride(long elements) {
    return new MatrixLayout(type, order, leadingDimension, elements);
  }

  /**
   * Bytes from the first element of the first batch to the end of the last element of the last
   * batch.
   */
  public long byteSize(int rows, int columns, int batches) {
    long storedRows = order == Order.NORMAL ? rows : columns;
    long storedColumns = order == Order.NORMAL ? columns : rows;
    long elements =
        (batches - 1) * batchStride + (storedRows - 1) * leadingDimension + storedColumns;
    return elements * type.byteSize();
  }

  void check(String operand, int rows, int columns) {
    int storedColumns = order == Order.NORMAL ? columns : rows;
    if (leadingDimension < storedColumns) {
      throw new IllegalArgumentException(
          operand
              + " stores rows of "
              + storedColumns
              + " elements, more than its leading dimension "
              + leadingDimension);
    }
  }
}
