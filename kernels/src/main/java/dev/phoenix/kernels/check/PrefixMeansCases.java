package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.PrefixMeansKernel;
import dev.phoenix.kernels.reference.MeanPoolBackwardReference;
import dev.phoenix.kernels.reference.MeanPoolReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code prefix_means}. */
public final class PrefixMeansCases {
  private static final int[] OFFSETS = {0, 5, 5, 6, 20};
  private static final int[] PREFIX_OFFSETS = {0, 3, 4, 4, 7};
  private static final int[] LENGTHS = {0, 2, 5, 0, 1, 1, 13};

  private PrefixMeansCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    cases.add(of(33));
    cases.add(of(129));
    return cases;
  }

  /** Segments with no, one and several prefixes, empty ones among them; both directions. */
  static KernelCase of(int columns) {
    return KernelCase.of(
        "prefix_means",
        columns + " columns",
        (bench, numbers) -> {
          float[] x = numbers.normal(20 * columns, 1);
          float[] gradOut = numbers.normal(7 * columns, 1);
          float[] means = new float[gradOut.length];
          float[] gradX = new float[x.length];
          expectPrefixes(means, gradX, x, gradOut);
          var prefixes =
              new PrefixMeansKernel.Prefixes(
                  bench.integers(OFFSETS),
                  bench.integers(PREFIX_OFFSETS),
                  bench.integers(LENGTHS),
                  4,
                  7);
          DeviceMemory out = bench.empty(ElementType.F32, means.length);
          DeviceMemory back = bench.empty(ElementType.F32, gradX.length);
          DeviceMemory from = bench.floats(x);
          DeviceMemory grad = bench.floats(gradOut);
          PrefixMeansKernel kernel = new PrefixMeansKernel(bench.library());
          MatrixSize size = new MatrixSize(20, columns);
          return new PreparedCase(
              () -> {
                kernel.launch(bench.stream(), out, from, prefixes, size);
                kernel.launchBackward(bench.stream(), back, grad, prefixes, size);
              },
              List.of(
                  Output.of("means", Format.FLOAT32, out, Tolerance.FLOAT32, () -> means),
                  Output.of("gradX", Format.FLOAT32, back, Tolerance.FLOAT32, () -> gradX)),
              Work.moving(4L * (gradX.length + means.length)));
        });
  }

  /** Expected values, with every prefix as a separate segment. */
  private static void expectPrefixes(float[] means, float[] gradX, float[] x, float[] gradOut) {
    int columns = means.length / LENGTHS.length;
    for (int segment = 0; segment + 1 < OFFSETS.length; segment++) {
      for (int i = PREFIX_OFFSETS[segment]; i < PREFIX_OFFSETS[segment + 1]; i++) {
        int from = OFFSETS[segment] * columns;
        int end = from + LENGTHS[i] * columns;
        int[] one = {0, LENGTHS[i]};
        float[] mean = new float[columns];
        MeanPoolReference.apply(mean, Arrays.copyOfRange(x, from, end), one, columns);
        System.arraycopy(mean, 0, means, i * columns, columns);
        float[] share = Arrays.copyOfRange(gradX, from, end);
        float[] grad = Arrays.copyOfRange(gradOut, i * columns, (i + 1) * columns);
        MeanPoolBackwardReference.apply(share, grad, one, columns);
        System.arraycopy(share, 0, gradX, from, share.length);
      }
    }
  }
}
