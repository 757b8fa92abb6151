package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.ActivationBackwardKernel;
import dev.phoenix.kernels.reference.ActivationBackwardReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code activation_backward}. */
public final class ActivationBackwardCases {
  private ActivationBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (var activation : ActivationBackwardKernel.Activation.values()) {
      for (int count : new int[] {0, 1, 33, 300}) {
        cases.add(of(activation, count));
      }
    }
    return cases;
  }

  /** Random elements, the first of them extremes. */
  public static KernelCase of(ActivationBackwardKernel.Activation activation, int count) {
    return KernelCase.of(
        "activation_backward",
        activation + " of " + count,
        (bench, numbers) -> {
          float[] x = numbers.normal(count, 3);
          for (int i = 0; i < Math.min(8, count); i++) {
            x[i] = new float[] {0, -0f, 1e-20f, -12, 12, -1e10f, 1e10f, 0.5f}[i];
          }
          float[] gradOut = numbers.normal(count, 1);
          DeviceMemory out = bench.floats(gradOut);
          DeviceMemory from = bench.floats(x);
          var kernel = new ActivationBackwardKernel(bench.library(), activation);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, out, from, count),
              Output.of(
                  "gradX",
                  Format.FLOAT32,
                  out.slice(0, 4L * count),
                  Tolerance.FLOAT32,
                  () -> expected(activation, gradOut, x)),
              Work.moving(12L * count).withFlops(3L * count).withSpecials(2L * count));
        });
  }

  private static float[] expected(
      ActivationBackwardKernel.Activation activation, float[] gradOut, float[] x) {
    float[] expected = new float[x.length];
    switch (activation) {
      case GELU -> ActivationBackwardReference.gelu(expected, gradOut, x);
      case SILU -> ActivationBackwardReference.silu(expected, gradOut, x);
    }
    return expected;
  }
}
