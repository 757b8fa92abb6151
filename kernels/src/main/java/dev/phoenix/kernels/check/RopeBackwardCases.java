package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RopeBackwardKernel;
import dev.phoenix.kernels.RopeKernel;
import dev.phoenix.kernels.reference.RopeBackwardReference;
import dev.phoenix.kernels.reference.RopeReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code rope_backward}. */
public final class RopeBackwardCases {
  private RopeBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int headSize : new int[] {2, 6, 32, 128}) {
      cases.add(of(9, headSize));
    }
    return cases;
  }

  /** Random rows of three rotated heads and values. */
  public static KernelCase of(int rows, int headSize) {
    return KernelCase.of(
        "rope_backward",
        rows + " rows of heads of " + headSize,
        (bench, numbers) -> {
          int columns = 4 * headSize; // three rotated heads, then values
          float[] grad = numbers.normal(rows * columns, 1);
          int[] positions = numbers.integers(rows, 0, 600);
          DeviceMemory memory = bench.floats(grad);
          DeviceMemory at = bench.integers(positions);
          var table = new RopeKernel.Table(bench.floats(RopeKernel.table(600, headSize)), 600);
          RopeBackwardKernel kernel = new RopeBackwardKernel(bench.library());
          var fused =
              new RopeBackwardKernel.Rows(memory, new MatrixSize(rows, columns), 3, headSize);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), fused, at, table),
              Output.of(
                  "gradX",
                  Format.FLOAT32,
                  memory,
                  Tolerance.FLOAT32,
                  () -> {
                    float[] expected = grad.clone();
                    RopeBackwardReference.apply(
                        expected, positions, new RopeReference.Shape(columns, 3, headSize));
                    return expected;
                  }),
              Work.moving(6L * grad.length).withFlops(9L * grad.length / 4));
        });
  }
}
