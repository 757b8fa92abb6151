package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AddRmsNormBackwardKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.AddRmsNormBackwardReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code add_rms_norm_backward}, with the {@code column_sum} that follows it. */
public final class AddRmsNormBackwardCases {
  /** Tolerance of a norm of one column, whose gradient cancels except for rounding errors. */
  private static final Tolerance ONE_COLUMN = new Tolerance(1e-4, 1e-5);

  private AddRmsNormBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : RmsNormBackwardCases.COLUMNS) {
      int rows = columns > 1000 ? 3 : columns == 128 ? 130 : 33;
      ElementType branch = columns % 2 == 0 ? ElementType.BF16 : ElementType.F32;
      cases.add(of(new MatrixSize(rows, columns), branch));
    }
    cases.add(of(new MatrixSize(9, 2000), ElementType.F32, NextNorm.ABSENT));
    return cases;
  }

  /** Random rows, with a next norm. */
  public static KernelCase of(MatrixSize size, ElementType branch) {
    return of(size, branch, NextNorm.PRESENT);
  }

  /** Random rows; with or without a next norm. */
  private static KernelCase of(MatrixSize size, ElementType branch, NextNorm next) {
    return new KernelCase(
        List.of("add_rms_norm_backward", "column_sum"),
        "%d x %d, branch %s%s"
            .formatted(
                size.rows(),
                size.columns(),
                branch,
                next == NextNorm.PRESENT ? "" : ", no next norm"),
        (bench, numbers) -> prepare(bench, Block.random(numbers, size), new Kind(branch, next)));
  }

  /** Whether a norm follows the block. */
  private enum NextNorm {
    PRESENT,
    ABSENT
  }

  private record Kind(ElementType branch, NextNorm next) {
    boolean followed() {
      return next == NextNorm.PRESENT;
    }
  }

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

    AddRmsNormBackwardReference.Gradients expected(Kind kind) {
      int columns = size.columns();
      var gradients =
          new AddRmsNormBackwardReference.Gradients(
              gradResidual.clone(),
              new float[gradResidual.length],
              new float[columns],
              new float[columns]);
      float[] from = kind.followed() ? gradOut : new float[gradOut.length];
      AddRmsNormBackwardReference.apply(gradients, from, forward);
      return gradients;
    }
  }

  private static PreparedCase prepare(Workbench bench, Block block, Kind kind) {
    MatrixSize size = block.size();
    int columns = size.columns();
    int count = size.rows() * columns;
    long partials = AddRmsNormBackwardKernel.partialElements(size);
    var expected = block.expected(kind);
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
    Tolerance floats = columns == 1 ? ONE_COLUMN : RmsNormBackwardCases.SUMS;
    Tolerance ofBranch = kind.branch() == ElementType.BF16 ? rounded : floats;
    Format format = Format.of(kind.branch());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), residual, branch, kind.followed() ? next : null, size),
        List.of(
            sums("residual", residual.gradient(), expected.residual()),
            Output.of("branch", format, branch.gradient(), ofBranch, expected::branch),
            sums("branch scale", branch.scaleGradient(), expected.branchScale()),
            sums("next scale", next.scaleGradient(), expected.nextScale())),
        Work.moving((kind.followed() ? 20L : 16L) * count + (long) count * kind.branch().byteSize())
            .withFlops(10L * count)
            .withSpecials(size.rows()));
  }

  private static Output sums(String name, DeviceMemory memory, float[] expected) {
    return Output.of(name, Format.FLOAT32, memory, RmsNormBackwardCases.SUMS, () -> expected);
  }
}
