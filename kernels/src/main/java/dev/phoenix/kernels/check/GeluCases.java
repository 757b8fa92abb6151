package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.GeluKernel;
import dev.phoenix.kernels.reference.ActivationReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code gelu}, in place. */
public final class GeluCases {
  private GeluCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int count : Activations.COUNTS) {
      cases.add(of(count));
    }
    cases.add(
        KernelCase.of(
            "gelu", "extremes", (bench, numbers) -> prepare(bench, Activations.extremes())));
    return cases;
  }

  /** Random elements. */
  public static KernelCase of(int count) {
    return KernelCase.of(
        "gelu",
        Integer.toString(count),
        (bench, numbers) -> prepare(bench, numbers.normal(count, 4)));
  }

  private static PreparedCase prepare(Workbench bench, float[] x) {
    DeviceMemory inPlace = bench.floats(x);
    GeluKernel kernel = new GeluKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), inPlace, inPlace, x.length),
        Output.of("out", Format.FLOAT32, inPlace, Activations.FLOATS, () -> expected(x)),
        Work.moving(8L * x.length).withFlops(6L * x.length).withSpecials(2L * x.length));
  }

  private static float[] expected(float[] x) {
    float[] expected = new float[x.length];
    ActivationReference.gelu(expected, x);
    return expected;
  }
}
