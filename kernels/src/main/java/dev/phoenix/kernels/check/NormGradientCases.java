package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AddRmsNormBackwardKernel;
import dev.phoenix.kernels.ColumnSumKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RmsNormBackwardKernel;
import dev.phoenix.kernels.reference.AddRmsNormBackwardReference;
import dev.phoenix.kernels.reference.RmsNormBackwardReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code rms_norm_backward}, {@code add_rms_norm_backward} and {@code column_sum}. */
public final class NormGradientCases {
  private static final int[] COLUMNS = {1, 31, 32, 33, 128, 129, 1024, 1025, 4096};

  /**
   * Tolerance of float32 sums over a row and over rows: at most some hundred roundings, of terms
   * that partly cancel.
   */
  private static final Tolerance SUMS = new Tolerance(1e-4, 1e-5, 1e-5);

  /** Tolerance of a norm of one column, whose gradient cancels except for rounding errors. */
  private static final Tolerance ONE_COLUMN = new Tolerance(1e-4, 1e-5);

  private NormGradientCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : COLUMNS) {
      int rows = columns > 1000 ? 3 : columns == 128 ? 130 : 33;
      cases.add(rmsNorm(new MatrixSize(rows, columns), rows));
      ElementType branch = columns % 2 == 0 ? ElementType.BF16 : ElementType.F32;
      cases.add(addRmsNorm(new MatrixSize(rows, columns), branch, true));
    }
    cases.add(rmsNorm(new MatrixSize(16, 8), 5));
    cases.add(addRmsNorm(new MatrixSize(9, 2000), ElementType.F32, false));
    for (int rows : new int[] {1, 8, 100}) {
      cases.add(columnSum(new MatrixSize(rows, 33)));
    }
    return cases;
  }

  /** Random rows, of which the first {@code used} are valid. */
  public static KernelCase rmsNorm(MatrixSize size, int used) {
    return new KernelCase(
        List.of("rms_norm_backward", "column_sum"),
        size.rows() + " x " + size.columns() + ", " + used + " used",
        (bench, numbers) -> rmsNorm(bench, numbers, size, used));
  }

  private static PreparedCase rmsNorm(Workbench bench, Numbers numbers, MatrixSize size, int used) {
    int count = size.rows() * size.columns();
    float[] x = numbers.normal(count, 2);
    float[] gradOut = numbers.normal(count, 1);
    float[] scale = numbers.normal(size.columns(), 1);
    float[] before = numbers.normal(count, 1);
    float[] scaleBefore = numbers.normal(size.columns(), 1);
    var expected = new RmsNormBackwardReference.Gradients(before.clone(), scaleBefore.clone());
    int usedCount = used * size.columns();
    float[] someX = java.util.Arrays.copyOf(x, usedCount);
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

  /** Random rows, with a next norm. */
  public static KernelCase addRmsNorm(MatrixSize size, ElementType branch) {
    return addRmsNorm(size, branch, true);
  }

  /** Random rows; {@code followed}: whether a norm follows. */
  private static KernelCase addRmsNorm(MatrixSize size, ElementType branch, boolean followed) {
    return new KernelCase(
        List.of("add_rms_norm_backward", "column_sum"),
        "%d x %d, branch %s%s"
            .formatted(size.rows(), size.columns(), branch, followed ? "" : ", no next norm"),
        (bench, numbers) ->
            prepare(bench, Block.random(numbers, size), new Kind(branch, followed)));
  }

  private record Kind(ElementType branch, boolean followed) {}

  /** The end of a block and the gradients on entry. */
  private record Block(
      MatrixSize size,
      float[] gradOut,
      float[] gradResidual,
      AddRmsNormBackwardReference.Forward forward) {
    static Block random(Numbers numbers, MatrixSize size) {
      int count = size.rows() * size.columns();
      return new Block(
          size,
          numbers.normal(count, 1),
          numbers.normal(count, 1),
          new AddRmsNormBackwardReference.Forward(
              numbers.normal(count, 2),
              numbers.normal(count, 3),
              numbers.normal(size.columns(), 1),
              numbers.normal(size.columns(), 1)));
    }

    AddRmsNormBackwardReference.Gradients expected(boolean followed) {
      int columns = size.columns();
      var gradients =
          new AddRmsNormBackwardReference.Gradients(
              gradResidual.clone(),
              new float[gradResidual.length],
              new float[columns],
              new float[columns]);
      float[] from = followed ? gradOut : new float[gradOut.length];
      AddRmsNormBackwardReference.apply(gradients, from, forward);
      return gradients;
    }
  }

  private static PreparedCase prepare(Workbench bench, Block block, Kind kind) {
    MatrixSize size = block.size();
    int columns = size.columns();
    int count = size.rows() * columns;
    long partials = AddRmsNormBackwardKernel.partialElements(size);
    var expected = block.expected(kind.followed());
    var residual =
        new AddRmsNormBackwardKernel.Residual(
            bench.floats(block.gradResidual()),
            bench.floats(block.forward().residual()),
            bench.integers(size.rows()));
    var branch =
        new AddRmsNormBackwardKernel.Branch(
            bench.empty(kind.branch(), count),
            bench.floats(new float[columns]),
            bench.empty(ElementType.F32, partials),
            bench.floats(block.forward().branch()),
            bench.floats(block.forward().branchScale()));
    var next =
        new AddRmsNormBackwardKernel.Next(
            bench.floats(block.gradOut()),
            bench.floats(new float[columns]),
            bench.empty(ElementType.F32, partials),
            bench.floats(block.forward().nextScale()));
    var kernel = new AddRmsNormBackwardKernel(bench.library(), kind.branch());
    Tolerance rounded = new Tolerance(1e-4, 1.02 * Bfloat16.EPSILON);
    Tolerance floats = columns == 1 ? ONE_COLUMN : SUMS;
    Tolerance ofBranch = kind.branch() == ElementType.BF16 ? rounded : floats;
    Format format = Format.of(kind.branch());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), residual, branch, kind.followed() ? next : null, size),
        List.of(
            Output.of("residual", Format.FLOAT32, residual.gradient(), SUMS, expected::residual),
            Output.of("branch", format, branch.gradient(), ofBranch, expected::branch),
            scale("branch scale", branch.scaleGradient(), expected.branchScale()),
            scale("next scale", next.scaleGradient(), expected.nextScale())),
        Work.moving((kind.followed() ? 20L : 16L) * count + (long) count * kind.branch().byteSize())
            .withFlops(10L * count)
            .withSpecials(size.rows()));
  }

  private static Output scale(String name, DeviceMemory memory, float[] expected) {
    return Output.of(name, Format.FLOAT32, memory, SUMS, () -> expected);
  }

  /** Random whole numbers. */
  public static KernelCase columnSum(MatrixSize size) {
    return KernelCase.of(
        "column_sum",
        size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          // Sums of integers are exact in any order.
          float[] x = numbers.wholeNumbers(size.rows() * size.columns());
          float[] expected = numbers.wholeNumbers(size.columns());
          DeviceMemory out = bench.floats(expected);
          DeviceMemory from = bench.floats(x);
          for (int i = 0; i < x.length; i++) {
            expected[i % size.columns()] += x[i];
          }
          ColumnSumKernel kernel = new ColumnSumKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, from, size),
              Output.of("out", Format.FLOAT32, out, Tolerance.EXACT, () -> expected),
              Work.moving(4L * x.length).withFlops(x.length));
        });
  }
}
