package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.CandidateFeaturesKernel;
import dev.phoenix.kernels.CandidateFeaturesKernel.Feature;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.CandidateFeaturesReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code candidate_features}. */
public final class CandidateFeaturesCases {
  private static final int SURFACES = 16;
  private static final int AGES = 82;

  private CandidateFeaturesCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 31, 32, 33, 128, 300}) {
      for (int rows : new int[] {0, 1, 9}) {
        cases.add(of(new MatrixSize(rows, columns)));
      }
    }
    cases.add(
        KernelCase.of("candidate_features", "indices outside", (bench, numbers) -> outside(bench)));
    return cases;
  }

  /** Random tokens of a size. */
  public static KernelCase of(MatrixSize size) {
    int columns = size.columns();
    return KernelCase.of(
        "candidate_features",
        size.rows() + " x " + columns,
        (bench, numbers) -> {
          int[] surfaces = numbers.integers(size.rows(), 0, SURFACES);
          int[] ages = numbers.integers(size.rows(), 0, AGES);
          var features = new CandidateFeaturesReference.Features(surfaces, ages);
          var tables =
              new CandidateFeaturesReference.Tables(
                  numbers.normal(SURFACES * columns, 1), numbers.normal(AGES * columns, 1));
          float[] tokens = numbers.bfloat16(size.rows() * columns, 1);
          return prepare(bench, tokens, features, tables, size);
        });
  }

  private static PreparedCase prepare(
      Workbench bench,
      float[] tokens,
      CandidateFeaturesReference.Features features,
      CandidateFeaturesReference.Tables tables,
      MatrixSize size) {
    DeviceMemory memory = bench.bfloat16(tokens);
    Feature surface =
        new Feature(bench.integers(features.surfaces()), bench.floats(tables.surfaces()), SURFACES);
    Feature age = new Feature(bench.integers(features.ages()), bench.floats(tables.ages()), AGES);
    CandidateFeaturesKernel kernel = new CandidateFeaturesKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), memory, surface, age, size),
        Output.of(
            "tokens",
            Format.BFLOAT16,
            memory,
            Tolerance.ONE_ROUNDING,
            () -> {
              float[] expected = tokens.clone();
              CandidateFeaturesReference.apply(expected, features, tables);
              return expected;
            }),
        Work.moving(8L * size.rows() + 4L * tokens.length).withFlops(2L * tokens.length));
  }

  private static PreparedCase outside(Workbench bench) {
    DeviceMemory tokens = bench.bfloat16(new float[4]);
    Feature surface = new Feature(bench.integers(0, 1, -1, 0), bench.floats(1), 1);
    Feature age = new Feature(bench.integers(0, 0, 0, 2), bench.floats(2, 3), 2);
    CandidateFeaturesKernel kernel = new CandidateFeaturesKernel(bench.library());
    float nan = Float.NaN;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), tokens, surface, age, new MatrixSize(4, 1)),
        Output.of(
            "tokens",
            Format.BFLOAT16,
            tokens,
            Tolerance.ONE_ROUNDING,
            () -> new float[] {3, nan, nan, nan}),
        Work.moving(48));
  }
}
