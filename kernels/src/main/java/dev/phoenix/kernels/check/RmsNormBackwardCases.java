package dev.phoenix.kernels.check;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RmsNormBackwardKernel;
import dev.phoenix.kernels.reference.RmsNormBackwardReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code rms_norm_backward}, with the {@code column_sum} that follows it. */
public final class RmsNormBackwardCases {
  static final int[] COLUMNS = {1, 31, 32, 33, 128, 129, 1024, 1025, 4096};

  /**
   * Tolerance of float32 sums over a row and over rows: at most some hundred roundings, of terms
   * that partly cancel.
   */
  static final Tolerance SUMS = new Tolerance(1e-4, 1e-5, 1e-5);

  private RmsNormBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : COLUMNS) {
      int rows = columns > 1000 ? 3 : columns == 128 ? 130 : 33;
      cases.add(of(new MatrixSize(rows, columns), rows));
    }
    cases.add(of(new MatrixSize(16, 8), 5));
    return cases;
  }

  /** Random rows, of which the first {@code used} are valid. */
  public static KernelCase of(MatrixSize size, int used) {
    return new KernelCase(
        List.of("rms_norm_backward", "column_sum"),
        size.rows() + " x " + size.columns() + ", " + used + " used",
        (bench, numbers) -> prepare(bench, numbers, size, used));
  }

  private static PreparedCase prepare(Workbench bench, Numbers numbers, MatrixSize size, int used) {
    int count = size.rows() * size.columns();
    float[] x = numbers.normal(count, 2);
    float[] gradOut = numbers.normal(count, 1);
    float[] scale = numbers.normal(size.columns(), 1);
    float[] before = numbers.normal(count, 1);
    float[] scaleBefore = numbers.normal(size.columns(), 1);
    var expected = new RmsNormBackwardReference.Gradients(before.clone(), scaleBefore.clone());
    int usedCount = used * size.columns();
    float[] someX = Arrays.copyOf(x, usedCount);
    RmsNormBackwardReference.apply(expected, gradOut, someX, scale);
    var gradients =
        new RmsNormBackwardKernel.Gradients(
            bench.floats(before),
            bench.floats(scaleBefore),
            bench.empty(ElementType.F32, RmsNormBackwardKernel.partialElements(size)));
    var operands =
        new RmsNormBackwardKernel.Operands(
            bench.floats(gradOut), bench.floats(x), bench.floats(scale), bench.integers(used));
    RmsNormBackwardKernel kernel = new RmsNormBackwardKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), gradients, operands, size),
        List.of(
            Output.of("gradX", Format.FLOAT32, gradients.x(), SUMS, expected::x),
            Output.of("gradScale", Format.FLOAT32, gradients.scale(), SUMS, expected::scale)),
        Work.moving(16L * usedCount).withFlops(10L * usedCount).withSpecials(used));
  }
}
