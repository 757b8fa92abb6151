package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ClearTailKernel;
import dev.phoenix.kernels.EmbeddingGatherBackwardKernel;
import dev.phoenix.kernels.GatherRowsKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.PrefixMeansKernel;
import dev.phoenix.kernels.reference.EmbeddingGatherBackwardReference;
import dev.phoenix.kernels.reference.MeanPoolBackwardReference;
import dev.phoenix.kernels.reference.MeanPoolReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cases of {@code embedding_gather_backward}, {@code gather_rows}, {@code clear_tail} and {@code
 * prefix_means}.
 */
public final class RowGradientCases {
  private static final int[] OFFSETS = {0, 5, 5, 6, 20};
  private static final int[] PREFIX_OFFSETS = {0, 3, 4, 4, 7};
  private static final int[] LENGTHS = {0, 2, 5, 0, 1, 1, 13};

  private RowGradientCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 31, 64, 130}) {
      cases.add(embeddingGather(300, columns));
    }
    cases.add(embeddingGather(1, 8));
    cases.add(embeddingGather(600, 33));
    for (int columns : new int[] {1, 33}) {
      cases.add(gatherRows(new MatrixSize(20, columns)));
      for (ElementType type : ElementType.values()) {
        cases.add(clearTail(new MatrixSize(32, columns), type, 17));
      }
    }
    cases.add(clearTail(new MatrixSize(32, 8), ElementType.F32, 32));
    cases.add(prefixMeans(33));
    cases.add(prefixMeans(129));
    return cases;
  }

  /** Random uses of rows, where one row has a third of all uses. */
  public static KernelCase embeddingGather(int uses, int columns) {
    return KernelCase.of(
        "embedding_gather_backward",
        uses + " uses of " + columns + " columns",
        (bench, numbers) -> {
          int[] rows = numbers.integers(uses, 60, 160);
          for (int i = 0; i < uses; i += 3) {
            rows[i] = 100;
          }
          // Sums of integers are exact in any order.
          float[] gradOut = numbers.wholeNumbers(uses * columns);
          var used = EmbeddingGatherBackwardReference.apply(gradOut, rows, 65, columns);
          return prepare(bench, new Uses(rows, gradOut, used), columns);
        });
  }

  private record Uses(
      int[] rows, float[] gradOut, EmbeddingGatherBackwardReference.RowGradients used) {}

  private static PreparedCase prepare(Workbench bench, Uses uses, int columns) {
    int[] slots = uses.used().rows();
    float[] expected = uses.used().gradients();
    int[] rows = uses.rows();
    int[] order =
        IntStream.range(0, rows.length)
            .filter(i -> rows[i] >= 65)
            .boxed()
            .sorted(Comparator.comparingInt(i -> rows[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] starts = new int[slots.length + 1];
    for (int i : order) {
      starts[Arrays.binarySearch(slots, rows[i]) + 1]++;
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    // Slot s is added to row 2 s + 1 of a buffer of threes; the first slot has no target.
    int outRows = 2 * slots.length;
    float[] before = new float[outRows * columns];
    Arrays.fill(before, 3);
    float[] sums = before.clone();
    int[] targets = new int[slots.length];
    for (int slot = 0; slot < slots.length; slot++) {
      targets[slot] = slot == 0 && slots.length > 1 ? -1 : 2 * slot + 1;
      for (int d = 0; targets[slot] >= 0 && d < columns; d++) {
        sums[targets[slot] * columns + d] += expected[slot * columns + d];
      }
    }
    DeviceMemory out = bench.floats(before);
    DeviceMemory gradOut = bench.floats(uses.gradOut());
    var placed =
        new EmbeddingGatherBackwardKernel.Uses(
            bench.integers(order),
            bench.integers(starts),
            bench.integers(targets),
            order.length,
            slots.length);
    var kernel = new EmbeddingGatherBackwardKernel(bench.library());
    MatrixSize size = new MatrixSize(outRows, columns);
    int first = slots.length > 1 ? starts[1] : 0;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, gradOut, placed, size),
        Output.of(
            "gradients",
            Format.FLOAT32,
            out.slice(0, 4L * sums.length),
            Tolerance.EXACT,
            () -> sums),
        Work.moving(4L * (order.length - first) * columns));
  }

  private static KernelCase gatherRows(MatrixSize size) {
    return KernelCase.of(
        "gather_rows",
        "7 of " + size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          float[] x = numbers.normal(size.rows() * size.columns(), 1);
          int[] rows = {3, -1, 19, 0, 20, 19, 7};
          DeviceMemory out = bench.empty(ElementType.F32, 7L * size.columns());
          DeviceMemory from = bench.floats(x);
          var which = new GatherRowsKernel.Rows(bench.integers(rows), rows.length);
          GatherRowsKernel kernel = new GatherRowsKernel(bench.library());
          float[] expected = new float[7 * size.columns()];
          for (int i = 0; i < expected.length; i++) {
            int row = rows[i / size.columns()];
            boolean inside = row >= 0 && row < size.rows();
            expected[i] = inside ? x[row * size.columns() + i % size.columns()] : 0;
          }
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, from, which, size),
              Output.of("out", Format.FLOAT32, out, Tolerance.EXACT, () -> expected),
              Work.moving(9L * 4 * size.columns()));
        });
  }

  /** Random rows, cleared after the used ones. */
  public static KernelCase clearTail(MatrixSize size, ElementType type, int used) {
    return KernelCase.of(
        "clear_tail",
        used + " of " + size.rows() + " x " + size.columns() + " " + type,
        (bench, numbers) -> {
          float[] x = numbers.bfloat16(size.rows() * size.columns(), 1);
          float[] expected = Arrays.copyOf(x, used * size.columns());
          Arrays.fill(x, expected.length, x.length, Float.NaN);
          DeviceMemory memory = bench.typed(type, x);
          DeviceMemory count = bench.integers(used);
          ClearTailKernel kernel = new ClearTailKernel(bench.library());
          var rows = new ClearTailKernel.Rows(memory, type, size);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), rows, count, 16),
              Output.of(
                  "x",
                  Format.of(type),
                  memory,
                  Tolerance.EXACT,
                  () -> Arrays.copyOf(expected, x.length)),
              Work.moving((long) (x.length - expected.length) * type.byteSize()));
        });
  }

  /** Segments with no, one and several prefixes, empty ones among them; both directions. */
  private static KernelCase prefixMeans(int columns) {
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
