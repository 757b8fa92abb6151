package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.SigmoidKernel;
import dev.phoenix.kernels.reference.ActivationReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code sigmoid}. */
public final class SigmoidCases {
  private SigmoidCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int count : Activations.COUNTS) {
      cases.add(of(count));
    }
    cases.add(
        KernelCase.of(
            "sigmoid", "extremes", (bench, numbers) -> prepare(bench, Activations.extremes())));
    return cases;
  }

  /** Random elements. */
  public static KernelCase of(int count) {
    return KernelCase.of(
        "sigmoid",
        Integer.toString(count),
        (bench, numbers) -> prepare(bench, numbers.normal(count, 4)));
  }

  private static PreparedCase prepare(Workbench bench, float[] x) {
    DeviceMemory out = bench.empty(ElementType.F32, x.length);
    DeviceMemory in = bench.floats(x);
    SigmoidKernel kernel = new SigmoidKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, in, x.length),
        Output.of("out", Format.FLOAT32, out, Tolerance.FLOAT32, () -> expected(x)),
        Work.moving(8L * x.length).withFlops(2L * x.length).withSpecials(2L * x.length));
  }

  private static float[] expected(float[] x) {
    float[] expected = new float[x.length];
    ActivationReference.sigmoid(expected, x);
    return expected;
  }
}
