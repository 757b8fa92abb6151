package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.EmbeddingGatherBackwardKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.EmbeddingGatherBackwardReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cases of {@code embedding_gather_backward}. */
public final class EmbeddingGatherBackwardCases {
  private EmbeddingGatherBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 31, 64, 130}) {
      cases.add(of(300, columns));
    }
    cases.add(of(1, 8));
    cases.add(of(600, 33));
    return cases;
  }

  /** Random uses of rows, where one row has a third of all uses. */
  public static KernelCase of(int uses, int columns) {
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
      int[] rows, float[] gradOut, EmbeddingGatherBackwardReference.RowGradients used) {
    /** The uses of rows that are trained, ordered by row. */
    int[] order() {
      return IntStream.range(0, rows.length)
          .filter(i -> rows[i] >= 65)
          .boxed()
          .sorted(Comparator.comparingInt(i -> rows[i]))
          .mapToInt(Integer::intValue)
          .toArray();
    }

    /** Where the uses of each row begin in {@code order}, and their end. */
    int[] starts(int[] order) {
      int[] starts = new int[used.rows().length + 1];
      for (int i : order) {
        starts[Arrays.binarySearch(used.rows(), rows[i]) + 1]++;
      }
      Arrays.parallelPrefix(starts, Integer::sum);
      return starts;
    }
  }

  private static PreparedCase prepare(Workbench bench, Uses uses, int columns) {
    int[] slots = uses.used().rows();
    float[] expected = uses.used().gradients();
    int[] order = uses.order();
    int[] starts = uses.starts(order);
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
}
