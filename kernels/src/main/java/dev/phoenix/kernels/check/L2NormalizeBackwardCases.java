package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.L2NormalizeBackwardKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.L2NormalizeBackwardReference;
import dev.phoenix.kernels.reference.L2NormalizeReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code l2_normalize_backward}. */
public final class L2NormalizeBackwardCases {
  private L2NormalizeBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 31, 33, 128, 1025}) {
      cases.add(of(new MatrixSize(9, columns)));
    }
    return cases;
  }

  /** Random rows; the first is zero. */
  public static KernelCase of(MatrixSize size) {
    return KernelCase.of(
        "l2_normalize_backward",
        size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          float[] x = numbers.normal(size.rows() * size.columns(), 2);
          Arrays.fill(x, 0, size.columns(), 0); // a row whose norm is clamped
          float[] gradOut = numbers.normal(x.length, 1);
          float[] unit = new float[x.length];
          float[] norms = new float[size.rows()];
          L2NormalizeReference.apply(unit, norms, x);
          DeviceMemory out = bench.empty(ElementType.F32, x.length);
          var operands =
              new L2NormalizeBackwardKernel.Operands(
                  bench.floats(gradOut), bench.floats(unit), bench.floats(norms));
          var kernel = new L2NormalizeBackwardKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, operands, size),
              Output.of(
                  "gradX",
                  Format.FLOAT32,
                  out,
                  // With one column the gradient cancels, and only rounding errors remain.
                  new Tolerance(1e-5, 1e-5),
                  () -> {
                    float[] expected = new float[x.length];
                    L2NormalizeBackwardReference.apply(expected, gradOut, x, size.columns());
                    return expected;
                  }),
              Work.moving(12L * x.length).withFlops(4L * x.length));
        });
  }
}
