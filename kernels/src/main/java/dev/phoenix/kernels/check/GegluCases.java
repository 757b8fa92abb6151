package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.GegluKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.GegluReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code geglu}. */
public final class GegluCases {
  private GegluCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 7, 8, 31, 32, 33, 176, 2048, 2056}) {
      for (int rows : new int[] {0, 1, 17}) {
        cases.add(of(new MatrixSize(rows, columns)));
      }
    }
    cases.add(KernelCase.of("geglu", "extremes", (bench, numbers) -> extremes(bench)));
    return cases;
  }

  /**
   * Random rows.
   *
   * @param size of the output: rows and F
   */
  public static KernelCase of(MatrixSize size) {
    int count = size.rows() * size.columns();
    return KernelCase.of(
        "geglu",
        size.rows() + " x " + size.columns(),
        (bench, numbers) ->
            prepare(bench, numbers.bfloat16(count, 3), numbers.bfloat16(count, 1), size));
  }

  private static PreparedCase extremes(Workbench bench) {
    float[] gate = Bfloat16.round(ActivationCases.extremes());
    float[] up = new float[gate.length];
    Arrays.fill(up, 0.5f);
    return prepare(bench, gate, up, new MatrixSize(1, gate.length));
  }

  private static PreparedCase prepare(Workbench bench, float[] gate, float[] up, MatrixSize size) {
    float[] fused = new float[2 * gate.length];
    for (int row = 0; row < size.rows(); row++) {
      int at = row * size.columns();
      System.arraycopy(gate, at, fused, 2 * at, size.columns());
      System.arraycopy(up, at, fused, 2 * at + size.columns(), size.columns());
    }
    DeviceMemory out = bench.empty(ElementType.BF16, gate.length);
    DeviceMemory gateUp = bench.bfloat16(fused);
    GegluKernel kernel = new GegluKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, gateUp, size),
        Output.of("out", Format.BFLOAT16, out, Tolerance.ONE_ROUNDING, () -> expected(gate, up)),
        Work.moving(6L * gate.length).withFlops(7L * gate.length).withSpecials(2L * gate.length));
  }

  private static float[] expected(float[] gate, float[] up) {
    float[] expected = new float[gate.length];
    GegluReference.apply(expected, gate, up);
    return expected;
  }
}
