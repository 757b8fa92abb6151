package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.GoldenFiles;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that the two steps of attention see exactly the positions that the reference's mask over
 * the whole sequence admits.
 */
@ParameterizedClass
@EnumSource(Backend.class)
record AttentionMaskContractTest(Backend backend) {

  /**
   * The value at position j is the j-th unit vector, so the output shows which positions a row
   * attends to.
   */
  @ParameterizedTest
  @CsvSource({"4, 1", "4, 3", "6, 3", "10, 5", "33, 17"})
  void twoStepsSeeWhatTheMaskShows(int length, int candidatesFrom) {
    int size = length + length % 2;
    HeadShape shape = new HeadShape(1, 1, size, 1f);
    int[] expected;
    try (NpzFile file = GoldenFiles.open("components.npz")) {
      expected = file.get("attn_mask_%d_%d".formatted(length, candidatesFrom)).toInts();
    }
    int[] seen = new int[length * length];
    try (Workbench bench = new Workbench(backend, "mask")) {
      KeyValues kept = bench.ops.keyValues(bench.scope, 1, shape);
      Workbench.fill(kept.history(), candidatesFrom);
      Tensor history = rows(bench, 0, candidatesFrom, size);
      bench.ops.keep(kept, 0, history);
      Tensor out = bench.stale(0, size);
      bench.ops.attendHistory(out, history, kept, 0);
      note(seen, out, 0, length);
      int candidates = length - candidatesFrom;
      Tensor rows = rows(bench, candidatesFrom, candidates, size);
      bench.ops.attendCandidates(out, rows, Workbench.layout(candidates), kept, 0);
      note(seen, out, candidatesFrom, length);
    }
    assertArrayEquals(expected, seen);
  }

  /** Rows [q | k | v] with zero queries and keys. */
  private static Tensor rows(Workbench bench, int from, int count, int size) {
    float[] values = new float[count * 3 * size];
    for (int row = 0; row < count; row++) {
      values[row * 3 * size + 2 * size + from + row] = 1;
    }
    return bench.tensor(count, 3 * size, values);
  }

  private static void note(int[] seen, Tensor out, int from, int length) {
    float[] values = out.toArray();
    for (int row = 0; row < out.rows(); row++) {
      for (int j = 0; j < length; j++) {
        seen[(from + row) * length + j] = values[row * out.columns() + j] > 0 ? 1 : 0;
      }
    }
  }
}
