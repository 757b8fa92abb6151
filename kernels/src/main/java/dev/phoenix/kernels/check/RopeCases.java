package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.RopeKernel;
import dev.phoenix.kernels.reference.RopeReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code rope}. */
public final class RopeCases {
  private static final int POSITIONS = 700;

  private RopeCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int headSize : new int[] {2, 6, 16, 32, 34, 64, 128, 256}) {
      for (int rows : new int[] {0, 1, 9, 33}) {
        cases.add(of(rows, new RopeReference.Shape(5 * headSize, 3, headSize)));
      }
    }
    cases.add(KernelCase.of("rope", "positions outside", (bench, numbers) -> outside(bench)));
    return cases;
  }

  /** Random rows at random positions. */
  public static KernelCase of(int rows, RopeReference.Shape shape) {
    return KernelCase.of(
        "rope",
        "%d x %d, %d heads of %d".formatted(rows, shape.columns(), shape.heads(), shape.headSize()),
        (bench, numbers) ->
            prepare(
                bench,
                numbers.bfloat16(rows * shape.columns(), 2),
                numbers.integers(rows, 0, POSITIONS),
                shape));
  }

  private static PreparedCase prepare(
      Workbench bench, float[] x, int[] positions, RopeReference.Shape shape) {
    DeviceMemory inPlace = bench.bfloat16(x);
    var rows =
        new RopeKernel.Rows(
            inPlace, positions.length, shape.columns(), shape.heads(), shape.headSize());
    DeviceMemory at = bench.integers(positions);
    DeviceMemory turns = bench.floats(RopeKernel.table(POSITIONS, shape.headSize()));
    var table = new RopeKernel.Table(turns, POSITIONS);
    RopeKernel kernel = new RopeKernel(bench.library());
    long rotated = (long) positions.length * shape.heads() * shape.headSize();
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), rows, at, table),
        Output.of(
            "x",
            Format.BFLOAT16,
            inPlace,
            // Two products of up to 10 may cancel, and their float32 error remains.
            Tolerance.ONE_ROUNDING.plus(20 * 0x1p-23),
            () -> {
              float[] expected = x.clone();
              RopeReference.apply(expected, positions, shape);
              return expected;
            }),
        Work.moving(4 * rotated + 4L * positions.length * (1 + shape.headSize()))
            .withFlops(3 * rotated));
  }

  private static PreparedCase outside(Workbench bench) {
    DeviceMemory x = bench.bfloat16(new float[] {1, 2, 3, 1, 2, 3, 1, 2, 3});
    var rows = new RopeKernel.Rows(x, 3, 3, 1, 2);
    DeviceMemory at = bench.integers(0, -1, 2);
    var table = new RopeKernel.Table(bench.floats(RopeKernel.table(2, 2)), 2);
    RopeKernel kernel = new RopeKernel(bench.library());
    float nan = Float.NaN;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), rows, at, table),
        Output.of(
            "x",
            Format.BFLOAT16,
            x,
            Tolerance.ONE_ROUNDING,
            () -> new float[] {1, 2, 3, nan, nan, 3, nan, nan, 3}),
        Work.moving(12));
  }
}
