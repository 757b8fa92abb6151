package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.SiluKernel;
import dev.phoenix.kernels.reference.ActivationReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code silu}, in place. */
public final class SiluCases {
  private SiluCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      for (int count : Activations.COUNTS) {
        cases.add(of(count, type));
      }
      cases.add(
          KernelCase.of(
              "silu",
              "extremes, " + type,
              (bench, numbers) -> prepare(bench, Activations.extremes(), type)));
    }
    return cases;
  }

  /** Random elements. */
  public static KernelCase of(int count, ElementType type) {
    return KernelCase.of(
        "silu",
        count + ", " + type,
        (bench, numbers) -> prepare(bench, numbers.normal(count, 4), type));
  }

  private static PreparedCase prepare(Workbench bench, float[] drawn, ElementType type) {
    float[] x = type == ElementType.F32 ? drawn : Bfloat16.round(drawn);
    DeviceMemory inPlace = bench.typed(type, x);
    SiluKernel kernel = new SiluKernel(bench.library(), type);
    Tolerance tolerance = type == ElementType.F32 ? Activations.FLOATS : Tolerance.ONE_ROUNDING;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), inPlace, inPlace, x.length),
        Output.of("out", Format.of(type), inPlace, tolerance, () -> expected(x)),
        Work.moving(2L * x.length * type.byteSize())
            .withFlops(2L * x.length)
            .withSpecials(2L * x.length));
  }

  private static float[] expected(float[] x) {
    float[] expected = new float[x.length];
    ActivationReference.silu(expected, x);
    return expected;
  }
}
