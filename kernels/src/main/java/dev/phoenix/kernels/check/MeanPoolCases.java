package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.MeanPoolKernel;
import dev.phoenix.kernels.reference.MeanPoolReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code mean_pool}. */
public final class MeanPoolCases {
  private static final int[] LENGTHS = {1, 0, 7, 9, 31, 33, 0, 119};
  private static final int ROWS = 200;

  private MeanPoolCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      for (int columns : new int[] {1, 31, 32, 33, 130}) {
        cases.add(of(columns, type, LENGTHS));
      }
      cases.add(of(33, type, 0, 0));
    }
    cases.add(KernelCase.of("mean_pool", "NaN and infinity", (bench, numbers) -> extremes(bench)));
    return cases;
  }

  /** Random segments of these lengths. */
  public static KernelCase of(int columns, ElementType type, int... lengths) {
    int[] offsets = FusedRows.offsets(lengths);
    int rows = offsets[lengths.length];
    return KernelCase.of(
        "mean_pool",
        "%s rows of %d, %s".formatted(HistoryAttentionCases.name(lengths), columns, type),
        (bench, numbers) ->
            prepare(bench, numbers.bfloat16(rows * columns, 2), offsets, columns, type));
  }

  private static PreparedCase extremes(Workbench bench) {
    float[] x = new float[ROWS * 3];
    x[3 * 9] = Float.NaN;
    x[3 * 50 + 1] = Float.POSITIVE_INFINITY;
    return prepare(bench, x, FusedRows.offsets(LENGTHS), 3, ElementType.BF16);
  }

  private static PreparedCase prepare(
      Workbench bench, float[] x, int[] offsets, int columns, ElementType type) {
    MatrixSize size = new MatrixSize(offsets.length - 1, columns);
    int pooled = size.rows() * columns;
    DeviceMemory out = bench.empty(ElementType.F32, pooled);
    var segments = new MeanPoolKernel.Segments(bench.typed(type, x), type, bench.integers(offsets));
    MeanPoolKernel kernel = new MeanPoolKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, segments, size),
        Output.of(
            "out",
            Format.FLOAT32,
            out,
            Tolerance.FLOAT32,
            () -> {
              float[] expected = new float[pooled];
              MeanPoolReference.apply(expected, x, offsets, columns);
              return expected;
            }),
        Work.moving((long) x.length * type.byteSize() + 4L * offsets.length + 4L * pooled)
            .withFlops(x.length));
  }
}
