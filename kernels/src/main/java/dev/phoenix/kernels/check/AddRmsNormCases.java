package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AddRmsNormKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RowTypes;
import dev.phoenix.kernels.reference.AddRmsNormReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code add_rms_norm}. */
public final class AddRmsNormCases {
  private static final int[] COLUMNS = {1, 7, 8, 31, 32, 33, 128, 1024, 1025, 1032, 8191, 8192};

  private AddRmsNormCases() {}

  /** Whether the next block follows, or the last layer ends here. */
  public enum End {
    /** The sum is normalised for what follows. */
    NEXT_BLOCK,
    /** Only the sum is wanted. */
    LAST_LAYER
  }

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : COLUMNS) {
      for (int rows : columns > 1000 ? new int[] {2} : new int[] {0, 1, 9}) {
        for (End end : End.values()) {
          cases.add(of(new MatrixSize(rows, columns), RowTypes.BF16, end));
        }
      }
      for (ElementType out : ElementType.values()) {
        RowTypes types = new RowTypes(ElementType.F32, out);
        cases.add(of(new MatrixSize(3, columns), types, End.NEXT_BLOCK));
      }
    }
    for (int columns : new int[] {9, 16}) {
      String name = "NaN and infinity, " + columns + " columns";
      cases.add(KernelCase.of("add_rms_norm", name, (bench, numbers) -> extremes(bench, columns)));
    }
    return cases;
  }

  /** Random rows of a size. */
  public static KernelCase of(MatrixSize size, RowTypes types, End end) {
    String name =
        "%d x %d, %s to %s%s"
            .formatted(
                size.rows(),
                size.columns(),
                types.in(),
                types.out(),
                end == End.LAST_LAYER ? ", last layer" : "");
    int count = size.rows() * size.columns();
    return KernelCase.of(
        "add_rms_norm",
        name,
        (bench, numbers) -> {
          boolean rounded = types.in() == ElementType.BF16;
          float[] residual = rounded ? numbers.bfloat16(count, 2) : numbers.normal(count, 2);
          float[] branch = rounded ? numbers.bfloat16(count, 5) : numbers.normal(count, 5);
          float[] scale = numbers.normal(size.columns(), 1);
          return prepare(bench, new Rows(residual, branch, scale), types, end);
        });
  }

  private record Rows(float[] residual, float[] branch, float[] scale) {
    /** The residual stream after the sum. */
    float[] sum() {
      float[] sum = residual.clone();
      AddRmsNormReference.apply(new float[sum.length], sum, branch, scale, scale);
      return sum;
    }

    float[] out() {
      float[] out = new float[residual.length];
      AddRmsNormReference.apply(out, residual.clone(), branch, scale, scale);
      return out;
    }
  }

  private static PreparedCase extremes(Workbench bench, int columns) {
    float[] branch = new float[3 * columns];
    float[] residual = new float[3 * columns];
    branch[columns] = Float.NaN;
    residual[2 * columns] = Float.NEGATIVE_INFINITY;
    float[] scale = new float[columns];
    Arrays.fill(scale, 1);
    return prepare(bench, new Rows(residual, branch, scale), RowTypes.BF16, End.NEXT_BLOCK);
  }

  private static PreparedCase prepare(Workbench bench, Rows rows, RowTypes types, End end) {
    int count = rows.residual().length;
    int columns = rows.scale().length;
    MatrixSize size = new MatrixSize(count / columns, columns);
    DeviceMemory sum = bench.typed(types.in(), rows.residual());
    DeviceMemory scales = bench.floats(rows.scale());
    var branch = new AddRmsNormKernel.Branch(bench.typed(types.in(), rows.branch()), scales);
    AddRmsNormKernel kernel = new AddRmsNormKernel(bench.library(), types);
    List<Output> outputs = new ArrayList<>();
    outputs.add(
        Output.of("residual", Format.of(types.in()), sum, sumTolerance(types, columns), rows::sum));
    AddRmsNormKernel.Next next = null;
    if (end == End.NEXT_BLOCK) {
      next = new AddRmsNormKernel.Next(bench.empty(types.out(), count), scales);
      Tolerance tolerance = outTolerance(types, columns);
      outputs.add(Output.of("out", Format.of(types.out()), next.out(), tolerance, rows::out));
    }
    AddRmsNormKernel.Next chosen = next;
    int parts = end == End.NEXT_BLOCK ? 2 : 1;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), chosen, sum, branch, size),
        outputs,
        Work.moving(count * (3L * types.in().byteSize() + (parts - 1L) * types.out().byteSize()))
            .withFlops(parts * 4L * count)
            .withSpecials((long) parts * size.rows()));
  }

  /**
   * The relative error of a sum of n squares is n roundings, that of its root half as many; sums
   * are at most 16.
   */
  private static double roundings(int columns) {
    return (columns / 2 + 8) * 0x1p-24;
  }

  private static Tolerance sumTolerance(RowTypes types, int columns) {
    double roundings = roundings(columns);
    return types.in() == ElementType.F32 ? new Tolerance(16 * roundings, roundings) : rounded();
  }

  private static Tolerance outTolerance(RowTypes types, int columns) {
    double roundings = roundings(columns);
    if (types.in() == ElementType.BF16) {
      return rounded();
    }
    return types.out() == ElementType.F32
        ? new Tolerance(32 * roundings, 2 * roundings)
        : Tolerance.ONE_ROUNDING.plus(16 * roundings);
  }

  /** If the sum cancels, the float32 error of its terms (up to about 16) remains. */
  private static Tolerance rounded() {
    return Tolerance.ONE_ROUNDING.plus(16 * 0x1p-22);
  }
}
