package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.device.ElementType;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActionHeadsTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void scoresARowAlikeWhateverStandsBesideIt(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "action_heads alone");
    try (DeviceBench on = DeviceBench.open(device)) {
      int columns = 128;
      float[] hidden = numbers.bfloat16(7 * columns, 2);
      hidden[columns] = Float.NaN;
      float[] scale = numbers.normal(columns, 1);
      float[] weights = numbers.normal(columns * 19, 1);
      double[] together = logits(on, new ActionHeadsCases.Inputs(hidden, scale, weights));
      for (int row = 0; row < 7; row++) {
        float[] one = Arrays.copyOfRange(hidden, row * columns, (row + 1) * columns);
        assertArrayEquals(
            Arrays.copyOfRange(together, row * 19, (row + 1) * 19),
            logits(on, new ActionHeadsCases.Inputs(one, scale, weights)),
            "row " + row);
      }
    }
  }

  private static double[] logits(DeviceBench on, ActionHeadsCases.Inputs inputs) {
    return on.first(ActionHeadsCases.prepare(on.bench(), inputs, 19, ElementType.F32));
  }
}
