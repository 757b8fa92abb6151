package dev.phoenix.device.cuda;

import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatrixLayout;

/**
 * A row-major product expressed for a column-major library.
 *
 * <p>The bytes of a row-major matrix, read column-major, are its transpose. So the library computes
 * {@code C^T[N,M] = B^T[N,K] x A^T[K,M]}: the operands are swapped, no data is moved, and an
 * operand is transposed exactly if the row-major one is.
 *
 * @param left B
 * @param right A
 * @param out C
 * @param batches how many products
 */
record ColumnMajorProduct(Operand left, Operand right, Operand out, int batches) {
  /**
   * A stored matrix, column-major.
   *
   * @param layout its type, leading dimension and batch stride
   * @param rows length of a stored column
   * @param columns number of stored columns
   */
  record Operand(MatrixLayout layout, long rows, long columns) {
    private static Operand of(MatrixLayout layout, int rows, int columns) {
      boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
      return new Operand(layout, normal ? columns : rows, normal ? rows : columns);
    }

    /** Whether the library has to transpose what is stored. */
    boolean transposed() {
      return layout.order() == MatrixLayout.Order.TRANSPOSED;
    }

    /**
     * The alignment in bytes of the first element of every batch, given that the first batch is
     * aligned to 16.
     */
    int alignment(int batches) {
      long strideBytes = batches == 1 ? 0 : layout.batchStride() * layout.type().byteSize();
      return (int) Long.lowestOneBit(strideBytes | CudaMatmul.ALIGNMENT_BYTES);
    }
  }

  static ColumnMajorProduct of(MatmulShape shape) {
    MatmulShape.Size size = shape.size();
    return new ColumnMajorProduct(
        Operand.of(shape.b(), size.k(), size.n()),
        Operand.of(shape.a(), size.m(), size.k()),
        Operand.of(shape.c(), size.m(), size.n()),
        shape.batches());
  }
}
