package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.check.HistoryAttentionCases.Keeping;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryAttentionTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void givesTheSameBitsAgainAndWithoutKeeping(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "history_attention again");
    try (DeviceBench on = DeviceBench.open(device)) {
      AttentionHeads heads = new AttentionHeads(4, 2, 128, 0.0625f);
      FusedRows rows = FusedRows.random(numbers, heads, 127, 128, 129, 300);
      double[] out = attended(on, rows, Keeping.KEPT);
      assertArrayEquals(out, attended(on, rows, Keeping.KEPT), "a second run");
      assertArrayEquals(out, attended(on, rows, Keeping.NOT_KEPT), "without keeping");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void keepsNanInItsSegment(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "history_attention nan");
    try (DeviceBench on = DeviceBench.open(device)) {
      AttentionHeads heads = new AttentionHeads(1, 1, 32, 0.125f);
      FusedRows rows = FusedRows.random(numbers, heads, 70, 70, 70);
      double[] clean = attended(on, rows, Keeping.KEPT);
      for (int column = 0; column < heads.fusedColumns(); column++) {
        rows.values()[75 * heads.fusedColumns() + column] = Float.NaN;
      }
      double[] spoiled = attended(on, rows, Keeping.KEPT);
      int width = heads.queryColumns();
      for (int i = 0; i < spoiled.length; i++) {
        int row = i / width;
        if (row < 70 || row >= 140) {
          assertTrue(spoiled[i] == clean[i], "row " + row);
        } else {
          assertFalse(row >= 75 && !Double.isNaN(spoiled[i]), "row " + row + " hides the NaN");
        }
      }
    }
  }

  private static double[] attended(DeviceBench on, FusedRows rows, Keeping keeping) {
    return on.first(HistoryAttentionCases.prepare(on.bench(), rows, keeping, Tolerance.EXACT));
  }
}
