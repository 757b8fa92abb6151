package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.AddKernel;
import dev.phoenix.kernels.reference.AddReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code add}. */
public final class AddCases {
  private AddCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    cases.add(of(300));
    return cases;
  }

  /** Random elements. */
  static KernelCase of(int count) {
    return KernelCase.of(
        "add",
        Integer.toString(count),
        (bench, numbers) -> {
          float[] x = numbers.normal(count, 1);
          float[] expected = numbers.normal(count, 1);
          DeviceMemory out = bench.floats(expected);
          DeviceMemory from = bench.floats(x);
          AddReference.apply(expected, x);
          AddKernel kernel = new AddKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, from, count),
              Output.of("out", Format.FLOAT32, out, Tolerance.EXACT, () -> expected),
              Work.moving(12L * count).withFlops(count));
        });
  }
}
