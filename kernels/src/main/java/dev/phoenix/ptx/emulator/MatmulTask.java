package dev.phoenix.ptx.emulator;

import dev.phoenix.device.ElementType;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatrixLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One batch of a matrix product: operands as floats, A row-major and B in rows of N, so that the
 * inner loop runs along a row of C. Accumulates in float32 with k ascending.
 */
final class MatmulTask {
  private static final int DEPTH = 4;

  private final MatmulShape shape;
  private final int batch;
  private final boolean adding;
  private final int n;
  private final int k;
  private float[] left = {};
  private float[] right = {};

  MatmulTask(MatmulShape shape, int batch, boolean adding) {
    this.shape = shape;
    this.batch = batch;
    this.adding = adding;
    this.n = shape.size().n();
    this.k = shape.size().k();
  }

  void load(MemorySegment a, MemorySegment b) {
    left = unpack(a, shape.a(), shape.size().m(), k);
    right = unpack(b, shape.b(), k, n);
  }

  private float[] unpack(MemorySegment data, MatrixLayout layout, int rows, int columns) {
    float[] matrix = new float[rows * columns];
    boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
    long start = batch * layout.batchStride();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        long major = normal ? row : column;
        long minor = normal ? column : row;
        long index = start + major * layout.leadingDimension() + minor;
        matrix[row * columns + column] = get(data, layout.type(), index);
      }
    }
    return matrix;
  }

  private static float get(MemorySegment data, ElementType type, long index) {
    return type == ElementType.F32
        ? data.getAtIndex(ValueLayout.JAVA_FLOAT, index)
        : HalfArithmetic.bf16((char) data.getAtIndex(ValueLayout.JAVA_SHORT, index));
  }

  /** Computes some rows of C. */
  void rows(MemorySegment out, int from, int to) {
    float[] sums = new float[n];
    for (int row = from; row < to; row++) {
      java.util.Arrays.fill(sums, 0f);
      int inner = 0;
      for (; inner + DEPTH <= k; inner += DEPTH) {
        addFour(sums, row * k + inner, inner * n);
      }
      for (; inner < k; inner++) {
        addOne(sums, left[row * k + inner], inner * n);
      }
      store(out, row, sums);
    }
  }

  private void addFour(float[] sums, int at, int start) {
    float a0 = left[at];
    float a1 = left[at + 1];
    float a2 = left[at + 2];
    float a3 = left[at + 3];
    float[] b = right;
    for (int j = 0; j < sums.length; j++) {
      float sum = Math.fma(a0, b[start + j], sums[j]);
      sum = Math.fma(a1, b[start + n + j], sum);
      sum = Math.fma(a2, b[start + 2 * n + j], sum);
      sums[j] = Math.fma(a3, b[start + 3 * n + j], sum);
    }
  }

  private void addOne(float[] sums, float a, int start) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] = Math.fma(a, right[start + j], sums[j]);
    }
  }

  private void store(MemorySegment out, int row, float[] sums) {
    MatrixLayout layout = shape.c();
    long start = batch * layout.batchStride() + row * layout.leadingDimension();
    for (int j = 0; j < n; j++) {
      float old = adding ? get(out, layout.type(), start + j) : 0f;
      float value = old + sums[j];
      if (layout.type() == ElementType.F32) {
        out.setAtIndex(ValueLayout.JAVA_FLOAT, start + j, value);
      } else {
        out.setAtIndex(ValueLayout.JAVA_SHORT, start + j, (short) HalfArithmetic.bf16(value));
      }
    }
  }
}
