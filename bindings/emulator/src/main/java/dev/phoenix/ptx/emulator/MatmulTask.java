package dev.phoenix.ptx.emulator;

import dev.phoenix.device.ElementType;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatrixLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One batch of a matrix product: operands as floats, A row-major and B in rows of N, so that the
 * inner loop runs along a row of C. Accumulates in float32 with k ascending.
 */
final class MatmulTask {
  private static final int DEPTH = 4;

  private final MatmulShape shape;
  private final int batch;
  private final EmulatedMatmul.Result result;
  private final int n;
  private final int k;
  private float[] left = {};
  private float[] right = {};

  MatmulTask(MatmulShape shape, int batch, EmulatedMatmul.Result result) {
    this.shape = shape;
    this.batch = batch;
    this.result = result;
    this.n = shape.size().n();
    this.k = shape.size().k();
  }

  void load(MemorySegment a, MemorySegment b) {
    left = unpack(a, shape.a(), shape.size().m(), k);
    right = unpack(b, shape.b(), k, n);
  }

  private float[] unpack(MemorySegment data, MatrixLayout layout, int rows, int columns) {
    boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
    int majors = normal ? rows : columns;
    int minors = normal ? columns : rows;
    float[] matrix = new float[rows * columns];
    float[] line = new float[minors];
    for (int major = 0; major < majors; major++) {
      long start = batch * layout.batchStride() + major * layout.leadingDimension();
      read(data, layout.type(), start, line);
      if (normal) {
        System.arraycopy(line, 0, matrix, major * columns, columns);
      } else {
        for (int minor = 0; minor < minors; minor++) {
          matrix[minor * columns + major] = line[minor];
        }
      }
    }
    return matrix;
  }

  /** Reads a row of elements as floats. */
  private static void read(MemorySegment data, ElementType type, long start, float[] line) {
    long offset = start * type.byteSize();
    if (type == ElementType.F32) {
      MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, offset, line, 0, line.length);
      return;
    }
    short[] bits = new short[line.length];
    MemorySegment.copy(data, ValueLayout.JAVA_SHORT, offset, bits, 0, bits.length);
    for (int i = 0; i < bits.length; i++) {
      line[i] = Float.intBitsToFloat(bits[i] << 16);
    }
  }

  /** Computes rows {@code from} to {@code to} of C. */
  void rows(MemorySegment out, int from, int to) {
    float[] sums = new float[n];
    for (int row = from; row < to; row++) {
      Arrays.fill(sums, 0f);
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
    if (result == EmulatedMatmul.Result.ADDED) {
      float[] old = new float[n];
      read(out, layout.type(), start, old);
      for (int j = 0; j < n; j++) {
        sums[j] += old[j];
      }
    }
    long offset = start * layout.type().byteSize();
    if (layout.type() == ElementType.F32) {
      MemorySegment.copy(sums, 0, out, ValueLayout.JAVA_FLOAT, offset, n);
      return;
    }
    short[] bits = new short[n];
    for (int j = 0; j < n; j++) {
      bits[j] = (short) HalfArithmetic.bf16(sums[j]);
    }
    MemorySegment.copy(bits, 0, out, ValueLayout.JAVA_SHORT, offset, n);
  }
}
