package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ConvertKernel;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code convert}: float32 to bfloat16, and its result back to float32. */
public final class ConvertCases {
  private static final int[] COUNTS = {0, 1, 7, 8, 9, 31, 32, 33, 2047, 2048, 2049};

  private ConvertCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int count : COUNTS) {
      cases.add(of(count));
    }
    cases.add(
        KernelCase.of(
            "convert", "ties and extremes", (bench, numbers) -> prepare(bench, extremes())));
    return cases;
  }

  /** Random elements. */
  public static KernelCase of(int count) {
    return KernelCase.of(
        "convert",
        Integer.toString(count),
        (bench, numbers) -> prepare(bench, numbers.normal(count, 3)));
  }

  /** The third and fourth values are halfway between two bfloat16 neighbours. */
  private static float[] extremes() {
    return new float[] {
      0f, -0f, 0x1.01p0f, 0x1.03p0f, 1e-40f, Float.MAX_VALUE, Float.NaN, -1 / 0f, 1e30f
    };
  }

  private static PreparedCase prepare(Workbench bench, float[] x) {
    DeviceMemory narrow = bench.empty(ElementType.BF16, x.length);
    DeviceMemory wide = bench.empty(ElementType.F32, x.length);
    DeviceMemory in = bench.floats(x);
    ConvertKernel kernel = new ConvertKernel(bench.library());
    return new PreparedCase(
        () -> {
          kernel.narrow(bench.stream(), narrow, in, x.length);
          kernel.widen(bench.stream(), wide, narrow, x.length);
        },
        List.of(
            Output.of("narrow", Format.BFLOAT16, narrow, Tolerance.EXACT, () -> Bfloat16.round(x)),
            Output.of("wide", Format.FLOAT32, wide, Tolerance.EXACT, () -> Bfloat16.round(x))),
        Work.moving(12L * x.length));
  }
}
