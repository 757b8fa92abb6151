package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.ElementType;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Evaluates the column-major description of a product and compares it with the row-major
 * definition, in every order, with gaps between rows and between batches.
 */
class ColumnMajorProductTest {
  private static final Size SIZE = new Size(3, 5, 4);
  private static final int BATCHES = 2;

  private final Random random = new Random(11);

  @Test
  void describesTheSameProductInEveryOrder() {
    for (boolean a : new boolean[] {false, true}) {
      for (boolean b : new boolean[] {false, true}) {
        for (boolean shared : new boolean[] {false, true}) {
          compare(shape(a, b, shared));
        }
      }
    }
  }

  private static MatmulShape shape(boolean transposedA, boolean transposedB, boolean sharedB) {
    return MatmulShape.dense(SIZE, ElementType.F32, ElementType.F32)
        .withA(operand(SIZE.m(), SIZE.k(), transposedA))
        .withB(operand(SIZE.k(), SIZE.n(), transposedB).withBatchStride(sharedB ? 0 : 60))
        .withC(operand(SIZE.m(), SIZE.n(), false))
        .withBatches(BATCHES);
  }

  private static MatrixLayout operand(int rows, int columns, boolean transposed) {
    MatrixLayout dense =
        transposed
            ? MatrixLayout.denseTransposed(ElementType.F32, rows, columns)
            : MatrixLayout.dense(ElementType.F32, rows, columns);
    return dense.withLeadingDimension(dense.leadingDimension() + 2).withBatchStride(60);
  }

  private void compare(MatmulShape shape) {
    float[] a = values(shape.byteSizeOfA());
    float[] b = values(shape.byteSizeOfB());
    int length = (int) (shape.byteSizeOfC() / Float.BYTES);
    float[] expected = new float[length];
    float[] got = new float[length];
    rowMajor(shape, expected, a, b);
    columnMajor(ColumnMajorProduct.of(shape), got, b, a);
    for (int i = 0; i < length; i++) {
      assertEquals(expected[i], got[i], shape + " at " + i);
    }
  }

  private float[] values(long bytes) {
    float[] values = new float[(int) (bytes / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-8, 8);
    }
    return values;
  }

  private static void rowMajor(MatmulShape shape, float[] c, float[] a, float[] b) {
    for (int batch = 0; batch < shape.batches(); batch++) {
      for (int i = 0; i < SIZE.m(); i++) {
        for (int j = 0; j < SIZE.n(); j++) {
          float sum = 0;
          for (int k = 0; k < SIZE.k(); k++) {
            sum += a[at(shape.a(), batch, i, k)] * b[at(shape.b(), batch, k, j)];
          }
          c[at(shape.c(), batch, i, j)] = sum;
        }
      }
    }
  }

  private static int at(MatrixLayout layout, int batch, int row, int column) {
    boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
    long inside =
        normal
            ? row * layout.leadingDimension() + column
            : column * layout.leadingDimension() + row;
    return (int) (batch * layout.batchStride() + inside);
  }

  /** cublasLtMatmul as its reference states it: D = op(A) op(B), all column-major. */
  private static void columnMajor(
      ColumnMajorProduct product, float[] d, float[] left, float[] right) {
    long m = product.out().rows();
    long n = product.out().columns();
    long k = product.left().transposed() ? product.left().rows() : product.left().columns();
    assertEquals(m, product.left().transposed() ? product.left().columns() : product.left().rows());
    assertEquals(
        k, product.right().transposed() ? product.right().columns() : product.right().rows());
    assertEquals(
        n, product.right().transposed() ? product.right().rows() : product.right().columns());
    for (int batch = 0; batch < product.batches(); batch++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          float sum = 0;
          for (int l = 0; l < k; l++) {
            sum +=
                left[element(product.left(), batch, i, l)]
                    * right[element(product.right(), batch, l, j)];
          }
          d[element(product.out(), batch, i, j)] = sum;
        }
      }
    }
  }

  private static int element(ColumnMajorProduct.Operand operand, int batch, int row, int column) {
    long storedRow = operand.transposed() ? column : row;
    long storedColumn = operand.transposed() ? row : column;
    return (int)
        (batch * operand.layout().batchStride()
            + storedColumn * operand.layout().leadingDimension()
            + storedRow);
  }

  @Test
  void promisesNoMoreAlignmentThanTheBatchesHave() {
    MatrixLayout odd = MatrixLayout.dense(ElementType.BF16, 4, 8).withBatchStride(33);
    MatrixLayout four = MatrixLayout.dense(ElementType.F32, 4, 8).withBatchStride(33);
    assertEquals(16, new ColumnMajorProduct.Operand(odd, 8, 4).alignment(1));
    assertEquals(2, new ColumnMajorProduct.Operand(odd, 8, 4).alignment(2));
    assertEquals(4, new ColumnMajorProduct.Operand(four, 8, 4).alignment(2));
    MatrixLayout even = odd.withBatchStride(64);
    assertEquals(16, new ColumnMajorProduct.Operand(even, 8, 4).alignment(2));
    assertEquals(16, new ColumnMajorProduct.Operand(odd.withBatchStride(0), 8, 4).alignment(2));
  }
}
