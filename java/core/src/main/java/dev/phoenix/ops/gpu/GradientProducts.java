package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatrixLayout;
import dev.phoenix.kernels.ClearTailKernel;
import dev.phoenix.kernels.MatrixSize;

/** The backward pass of matrix products: the gradients of the rows and of the matrix. */
final class GradientProducts {
  private final Engine engine;
  private final Scratch scratch;
  private final Plans plans;
  private final ClearTailKernel clearTail;

  GradientProducts(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.plans = parts.plans();
    this.clearTail = new ClearTailKernel(engine.library());
  }

  /** dX = dY · Wᵀ or dX += dY · Wᵀ, depending on {@code sum}. */
  void byRows(GpuTensor dx, GpuTensor dy, GpuTrainable parameter, Command.Product.Sum sum) {
    MatrixOperand w = parameter.lastRead();
    int in = w.shape().rows();
    int out = w.shape().columns();
    if (dx.columns() != in || dy.columns() != out) {
      throw new IllegalArgumentException(
          "%s cannot be the gradient of rows times %s by %s".formatted(dx, w.shape(), dy));
    }
    if (sum == Command.Product.Sum.STORED) {
      dx.useRows(dy.rows());
    } else if (dx.rows() != dy.rows()) {
      throw new IllegalArgumentException(dx + " and " + dy + " differ in rows");
    }
    int rows = Math.min(dx.paddedRows(), dy.paddedRows());
    if (rows == 0 || in == 0) {
      return;
    }
    DeviceMemory from = scratch.input(dy, w.type());
    MatmulShape shape =
        MatmulShape.dense(new MatmulShape.Size(rows, in, out), w.type(), dx.type())
            .withB(MatrixLayout.denseTransposed(w.type(), out, in));
    engine.recorder().multiply(plans.of(shape), sum, dx.memory(), from, w.memory());
  }

  /** dW += Xᵀ · dY, in the precision of X. */
  void byMatrix(GpuTrainable parameter, GpuTensor x, GpuTensor dy) {
    int in = parameter.shape().rows();
    int out = parameter.shape().columns();
    if (x.columns() != in || dy.columns() != out || x.rows() != dy.rows()) {
      throw new IllegalArgumentException(
          "%s and %s do not give the gradient of %s".formatted(x, dy, parameter.shape()));
    }
    int rows = Math.min(x.paddedRows(), dy.paddedRows());
    if (x.rows() == 0 || in == 0) {
      return;
    }
    clear(x, rows);
    clear(dy, rows);
    ElementType type = x.type();
    DeviceMemory gradients = scratch.input(dy, type);
    MatmulShape shape =
        MatmulShape.dense(new MatmulShape.Size(in, out, rows), type, ElementType.F32)
            .withA(MatrixLayout.denseTransposed(type, in, rows));
    DeviceMemory sums = parameter.gradient().memory();
    engine
        .recorder()
        .multiply(plans.of(shape), Command.Product.Sum.ADDED, sums, x.memory(), gradients);
  }

  /**
   * Sets the rows after those in use to zero, because the sum covers the rounded number of rows.
   */
  private void clear(GpuTensor x, int rows) {
    if (rows == x.rows()) {
      return;
    }
    DeviceMemory used = engine.stageIntegers(new int[] {x.rows()}, 1, 1, 0);
    MatrixSize size = new MatrixSize(rows, x.columns());
    // Except for the smallest number, rounding at most doubles the rows, so later rows start at
    // half.
    int first = rows <= RowBuckets.SMALLEST ? 0 : rows / 2;
    clearTail.launch(
        engine.recorder(), new ClearTailKernel.Rows(x.memory(), x.type(), size), used, first);
  }
}
