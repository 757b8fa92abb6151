package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;

class NumberRangeTest {
  @Test
  void endsBelongToARangeUnlessTheyAreOpen() {
    assertTrue(NumberRange.of(0, 1).contains(0) && NumberRange.of(0, 1).contains(1));
    assertFalse(NumberRange.above(0, 1).contains(0));
    assertTrue(NumberRange.above(0, 1).contains(Double.MIN_VALUE));
    assertFalse(NumberRange.below(0, 1).contains(1));
    assertFalse(NumberRange.of(0, 1).contains(Double.NaN));
    assertTrue(NumberRange.above(0, Double.POSITIVE_INFINITY).contains(1e300));
  }

  @Test
  void whatIsRefusedIsNamedWithTheRange() {
    assertEquals(
        "dropout: expected a number from 0, below 1, found 1",
        message(() -> NumberRange.below(0, 1).require("dropout", 1.0)));
    assertEquals(
        "rate: expected a number above 0, at most 0.5, found NaN",
        message(() -> NumberRange.above(0, 0.5).require("rate", Double.NaN)));
    assertEquals(
        "batch: expected an integer from 1 to 1048576, found 2000000000",
        message(() -> NumberRange.of(1, 1 << 20).require("batch", 2_000_000_000L)));
    assertEquals(
        "expected a range from small to large, found 2.0 to 1.0",
        message(() -> NumberRange.of(2, 1)));
  }

  private static String message(org.junit.jupiter.api.function.Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** Every number in the training settings refuses NaN, infinities and absurd sizes. */
  @Test
  void noRecordOfATrainingTakesANumberWithoutSense() {
    List<DoubleFunction<Object>> records =
        List.of(
            x -> new TrainingConfig.AdamW(x, 0.9, 0.999, 1e-8, 0),
            x -> new TrainingConfig.AdamW(1e-3, x, 0.999, 1e-8, 0),
            x -> new TrainingConfig.AdamW(1e-3, 0.9, x, 1e-8, 0),
            x -> new TrainingConfig.AdamW(1e-3, 0.9, 0.999, x, 0),
            x -> new TrainingConfig.AdamW(1e-3, 0.9, 0.999, 1e-8, x),
            x -> new TrainingConfig.RowwiseAdagrad(x, 1e-10, 0),
            x -> new TrainingConfig.RowwiseAdagrad(0.1, x, 0),
            x -> new TrainingConfig.RowwiseAdagrad(0.1, 1e-10, x),
            x -> new TrainingConfig.Schedule(1, 2, x, TrainingConfig.Decay.LINEAR),
            x ->
                new TrainingConfig.RetrievalLoss(
                    x, Set.of(Option.LEARN_TEMPERATURE, Option.IN_BATCH), 1),
            x -> new TrainingConfig.RankerLoss(ContinuousLoss.MSE, x),
            x ->
                new TrainingConfig.Initial(
                    x,
                    1,
                    1,
                    TrainingConfig.InitialPosts.SUM,
                    TrainingConfig.InitialTower.IDENTITY));
    for (DoubleFunction<Object> of : records) {
      for (double absurd : new double[] {Double.NaN, 1e30, Double.NEGATIVE_INFINITY}) {
        assertThrows(IllegalArgumentException.class, () -> of.apply(absurd), () -> "" + absurd);
      }
    }
  }
}
