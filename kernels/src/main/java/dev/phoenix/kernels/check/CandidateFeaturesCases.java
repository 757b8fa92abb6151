package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
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
    for (ElementType tokens : ElementType.values()) {
      for (int columns : new int[] {1, 31, 32, 33, 128, 300}) {
        for (int rows : new int[] {0, 1, 9}) {
          cases.add(of(new MatrixSize(rows, columns), tokens));
        }
      }
    }
    cases.add(
        KernelCase.of("candidate_features", "indices outside", (bench, numbers) -> outside(bench)));
    return cases;
  }

  /** Random tokens of a size and type. */
  public static KernelCase of(MatrixSize size, ElementType type) {
    int columns = size.columns();
    return KernelCase.of(
        "candidate_features",
        "%d x %d, %s".formatted(size.rows(), columns, type),
        (bench, numbers) -> {
          int[] surfaces = numbers.integers(size.rows(), 0, SURFACES);
          int[] ages = numbers.integers(size.rows(), 0, AGES);
          var features = new CandidateFeaturesReference.Features(surfaces, ages);
          var tables =
              new CandidateFeaturesReference.Tables(
                  numbers.normal(SURFACES * columns, 1), numbers.normal(AGES * columns, 1));
          float[] tokens = numbers.bfloat16(size.rows() * columns, 1);
          return prepare(bench, new Tokens(tokens, size, type), features, tables);
        });
  }

  private record Tokens(float[] values, MatrixSize size, ElementType type) {}

  private static PreparedCase prepare(
      Workbench bench,
      Tokens tokens,
      CandidateFeaturesReference.Features features,
      CandidateFeaturesReference.Tables tables) {
    boolean rounded = tokens.type() == ElementType.BF16;
    int count = tokens.values().length;
    DeviceMemory memory = bench.typed(tokens.type(), tokens.values());
    Feature surface =
        new Feature(bench.integers(features.surfaces()), bench.floats(tables.surfaces()), SURFACES);
    Feature age = new Feature(bench.integers(features.ages()), bench.floats(tables.ages()), AGES);
    CandidateFeaturesKernel kernel = new CandidateFeaturesKernel(bench.library(), tokens.type());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), memory, surface, age, tokens.size()),
        Output.of(
            "tokens",
            rounded ? Format.BFLOAT16 : Format.FLOAT32,
            memory,
            // Three terms of size 4.
            rounded ? Tolerance.ONE_ROUNDING : Tolerance.FLOAT32.plus(12 * 0x1p-23),
            () -> {
              float[] expected = tokens.values().clone();
              CandidateFeaturesReference.apply(expected, features, tables);
              return expected;
            }),
        Work.moving(8L * tokens.size().rows() + 2L * tokens.type().byteSize() * count)
            .withFlops(2L * count));
  }

  private static PreparedCase outside(Workbench bench) {
    DeviceMemory tokens = bench.bfloat16(new float[4]);
    Feature surface = new Feature(bench.integers(0, 1, -1, 0), bench.floats(1), 1);
    Feature age = new Feature(bench.integers(0, 0, 0, 2), bench.floats(2, 3), 2);
    CandidateFeaturesKernel kernel = new CandidateFeaturesKernel(bench.library(), ElementType.BF16);
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
