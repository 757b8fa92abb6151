package dev.phoenix.device;

/**
 * A matrix product {@code C[M,N] = A[M,K] x B[K,N]}, row-major, accumulated in float32.
 *
 * @param size M, N and K
 * @param batches how many products of this size
 * @param c output: float32 or bfloat16, not transposed
 * @param a left operand
 * @param b right operand, of the same type as the left one
 */
public record MatmulShape(Size size, int batches, MatrixLayout c, MatrixLayout a, MatrixLayout b) {
  /**
   * The size of a product.
   *
   * @param m rows of A and C
   * @param n columns of B and C
   * @param k columns of A, rows of B
   */
  public record Size(int m, int n, int k) {
    /** Checks the sizes. */
    public Size {
      if (m < 1 || n < 1 || k < 1) {
        throw new IllegalArgumentException(
            "every size is at least 1: M " + m + ", N " + n + ", K " + k);
      }
    }
  }

  /** Checks types, orders and leading dimensions. */
  public MatmulShape {
    if (batches < 1) {
      throw new IllegalArgumentException("at least one batch, not " + batches);
    }
    if (a.type() != b.type()) {
      throw new IllegalArgumentException("A is " + a.type() + " but B is " + b.type());
    }
    if (c.order() != MatrixLayout.Order.NORMAL) {
      throw new IllegalArgumentException("C must not be transposed");
    }
    if (batches > 1 && c.batchStride() == 0) {
      throw new IllegalArgumentException("the batches of C would overwrite each other");
    }
    c.check("C", size.m(), size.n());
    a.check("A", size.m(), size.k());
    b.check("B", size.k(), size.n());
  }

  /** Dense operands, one batch: inputs of one type, output of another. */
  public static MatmulShape dense(Size size, ElementType input, ElementType output) {
    return new MatmulShape(
        size,
        1,
        MatrixLayout.dense(output, size.m(), size.n()),
        MatrixLayout.dense(input, size.m(), size.k()),
        MatrixLayout.dense(input, size.k(), size.n()));
  }

  /** A copy with another output layout. */
  public MatmulShape withC(MatrixLayout layout) {
    return new MatmulShape(size, batches, layout, a, b);
  }

  /** A copy with another left operand. */
  public MatmulShape withA(MatrixLayout layout) {
    return new MatmulShape(size, batches, c, layout, b);
  }

  /** A copy with another right operand. */
  public MatmulShape withB(MatrixLayout layout) {
    return new MatmulShape(size, batches, c, a, layout);
  }

  /** A copy for {@code count} batches. */
  public MatmulShape withBatches(int count) {
    return new MatmulShape(size, count, c, a, b);
  }

  /** Bytes that C spans. */
  public long byteSizeOfC() {
    return c.byteSize(size.m(), size.n(), batches);
  }

  /** Bytes that A spans. */
  public long byteSizeOfA() {
    return a.byteSize(size.m(), size.k(), batches);
  }

  /** Bytes that B spans. */
  public long byteSizeOfB() {
    return b.byteSize(size.k(), size.n(), batches);
  }
}
