package dev.phoenix.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tests that invalid options of a training are refused and that valid ones reach the model. */
class TrainingOptionsTest {
  private static final ModelSize SIZE = new ModelSize(24, 1, 4, 8, 4);

  private static TrainingOptions options(ModelSize size, Architecture architecture) {
    return new TrainingOptions(size, architecture, Optimisation.DEFAULT, 8, 1);
  }

  private static Architecture attention(int keyValueHeads, int keySize) {
    return new Architecture(
        new Architecture.Attention(
            OptionalInt.of(keyValueHeads), OptionalInt.of(keySize), OptionalDouble.of(0.125)),
        new Architecture.HashCounts(OptionalInt.of(2), OptionalInt.of(3), OptionalInt.of(2)),
        new Architecture.DwellScale(60, Architecture.DwellScale.Kind.LOG),
        4,
        Optional.of(Architecture.PositionAnchor.RIGHT));
  }

  @Test
  void everyChoiceReachesTheModel() {
    Dataset world = World.generate(new WorldSize(20, 32, 400, 20, 3), 1).dataset();
    ModelConfig config =
        ModelPlan.retrieval(
            world,
            options(SIZE, attention(2, 10)),
            RetrievalTraining.Representation.of(Tower.MLP, UserPooling.LAST));
    assertEquals(2, config.attention().numKvHeads());
    assertEquals(10, config.attention().keySize());
    assertEquals(0.125, config.attention().attnOutputMultiplier());
    assertEquals(4, config.transformer().wideningFactor());
    assertEquals(60, config.features().normScale());
    assertTrue(config.features().useLog() && config.sequence().rightAnchoredRope());
    assertEquals(
        List.of(2, 3, 2),
        List.of(
            config.hashCounts().user(), config.hashCounts().item(), config.hashCounts().author()));
  }

  @Test
  void choicesThatDoNotFitEachOtherAreRefused() {
    assertRefused(
        "heads: expected a number that divides the dimension 24 into even parts, found 5",
        () -> options(new ModelSize(24, 1, 5, 8, 4), Architecture.DEFAULT));
    assertRefused(
        "key/value heads: expected a divisor of the 4 query heads, found 3",
        () -> options(SIZE, attention(3, 8)));
    assertRefused("key size: expected an even number", () -> attention(2, 9));
    assertRefused(
        "batch: expected an integer from 1 to 1048576, found 0",
        () -> new TrainingOptions(SIZE, Architecture.DEFAULT, Optimisation.DEFAULT, 0, 1));
    assertRefused(
        "temperature: expected a number from 0.001 to 100, found 0",
        () -> new Temperature(0, Temperature.Kind.FIXED));
    assertRefused(
        "minutes: expected a number above 0, at most 1048576, found NaN",
        () -> new Schedule(1, 1, 1, Double.NaN));
    assertRefused(
        "negatives: expected at least 1 where in-batch negatives are off, found 0",
        () -> new Negatives.Sampled(0, 0, Negatives.InBatch.OFF));
  }

  private static void assertRefused(String message, Executable call) {
    String found = String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
    assertTrue(found.contains(message), found);
  }
}
