package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.kernels.AttentionHeads;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CandidateAttentionTest {
  /**
   * docs/model.md#7-pipeline: batching must not change a score, and neither must a NaN in another
   * row.
   */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void givesACandidateTheSameBitsWhateverStandsBesideIt(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "candidate_attention grouping");
    try (DeviceBench on = DeviceBench.open(device)) {
      AttentionHeads heads = new AttentionHeads(2, 1, 64, 0.125f);
      FusedRows history = FusedRows.random(numbers, heads, 100);
      FusedRows all = FusedRows.random(numbers, heads, 40);
      Arrays.fill(all.values(), 0, heads.fusedColumns(), Float.NaN);
      double[] together = attended(on, all, history);
      for (int group : new int[] {1, 7, 33}) {
        for (int from = 0; from < 40; from += group) {
          int to = Math.min(40, from + group);
          int width = heads.queryColumns();
          assertArrayEquals(
              Arrays.copyOfRange(together, from * width, to * width),
              attended(on, all.part(from, to), history),
              "candidates " + from + " to " + to);
        }
      }
    }
  }

  private static double[] attended(DeviceBench on, FusedRows candidates, FusedRows history) {
    return on.first(CandidateAttentionCases.prepare(on.bench(), candidates, history, null));
  }
}
