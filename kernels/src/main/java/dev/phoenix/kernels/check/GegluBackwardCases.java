package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.GegluBackwardKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.GegluBackwardReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code geglu_backward}. */
public final class GegluBackwardCases {
  private GegluBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 7, 8, 33, 176, 2056}) {
      cases.add(of(new MatrixSize(columns > 2000 ? 1 : 17, columns)));
    }
    cases.add(of(new MatrixSize(0, 8)));
    return cases;
  }

  /** Random rows of F columns. */
  public static KernelCase of(MatrixSize size) {
    return KernelCase.of(
        "geglu_backward",
        size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          int count = size.rows() * size.columns();
          float[] gateUp = numbers.bfloat16(2 * count, 2);
          float[] gradOut = numbers.normal(count, 1);
          DeviceMemory out = bench.empty(ElementType.BF16, 2L * count);
          DeviceMemory grad = bench.floats(gradOut);
          DeviceMemory from = bench.bfloat16(gateUp);
          GegluBackwardKernel kernel = new GegluBackwardKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, grad, from, size),
              Output.of(
                  "gradGateUp",
                  Format.BFLOAT16,
                  out.slice(0, 4L * count),
                  Tolerance.ONE_ROUNDING,
                  () -> expected(gateUp, gradOut, size.columns())),
              Work.moving(12L * count).withFlops(10L * count).withSpecials(2L * count));
        });
  }

  private static float[] expected(float[] gateUp, float[] gradOut, int columns) {
    float[] gate = half(gateUp, 0, columns);
    float[] up = half(gateUp, columns, columns);
    var gradients =
        new GegluBackwardReference.Gradients(new float[gate.length], new float[gate.length]);
    GegluBackwardReference.apply(gradients, gradOut, gate, up);
    float[] fused = new float[gateUp.length];
    for (int i = 0; i < gate.length; i++) {
      int at = i / columns * 2 * columns + i % columns;
      fused[at] = gradients.gate()[i];
      fused[at + columns] = gradients.up()[i];
    }
    return fused;
  }

  private static float[] half(float[] rows, int from, int columns) {
    float[] half = new float[rows.length / 2];
    for (int i = 0; i < half.length; i++) {
      half[i] = rows[i / columns * 2 * columns + from + i % columns];
    }
    return half;
  }
}
