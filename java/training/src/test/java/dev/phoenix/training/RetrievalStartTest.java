package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.testing.Closeness;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests the initial parameters of the two towers, and the parameters that are not trained. */
class RetrievalStartTest {
  private static final TrainingConfig.RetrievalLoss FIXED =
      new TrainingConfig.RetrievalLoss(Math.log(0.05), Set.of(Option.EXCLUDE_SAME), 9);

  /** The vectors that a new model computes for the candidates of a batch. */
  private static float[] vectors(boolean projects, TrainingConfig.InitialTower start) {
    RandomTraining random =
        new RandomTraining(RandomTraining.text().with("enable_linear_proj", projects).parse());
    TrainingConfig config =
        random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0).withInitialTower(start);
    PostRows posts = random.retrieval(1, 20, true).candidates();
    try (GradientOps ops = CpuGradientOps.create(1);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, 3)) {
      float[] vectors = new float[posts.count() * trainer.dimension()];
      trainer.encodeCandidates(vectors, posts);
      return vectors;
    }
  }

  @Test
  void aTowerThatBeginsAsIdentitiesIsTheMeanOfItsRows() {
    float[] mean = vectors(false, TrainingConfig.InitialTower.RANDOM);
    float[] identity = vectors(true, TrainingConfig.InitialTower.IDENTITY);
    double error = Closeness.relativeError(mean, identity);
    // silu(x) - silu(-x) equals x up to a few roundings.
    assertTrue(error < 1e-6, "relative error " + error);
    float[] random = vectors(true, TrainingConfig.InitialTower.RANDOM);
    assertTrue(Closeness.relativeError(mean, random) > 0.5, "a random tower is another one");
  }

  @Test
  void aFixedTemperatureStaysAndALearnedOneMoves() {
    RandomTraining random = new RandomTraining(RandomTraining.text().parse());
    assertEquals((float) Math.log(0.05), temperatureAfterTraining(random, FIXED));
    TrainingConfig.RetrievalLoss learned =
        new TrainingConfig.RetrievalLoss(
            Math.log(0.05), Set.of(Option.LEARN_TEMPERATURE, Option.EXCLUDE_SAME), 9);
    assertNotEquals((float) Math.log(0.05), temperatureAfterTraining(random, learned));
  }

  private static float temperatureAfterTraining(
      RandomTraining random, TrainingConfig.RetrievalLoss loss) {
    try (GradientOps ops = CpuGradientOps.create(1);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, random.config(loss, 0), 3)) {
      for (int step = 0; step < 3; step++) {
        trainer.update(random.retrieval(step, 20, true));
      }
      float[] values =
          trainer.state().parameters().copy(p -> p.value()).get(ParameterLayout.LOG_TEMPERATURE);
      assertTrue(values != null && values.length == 1);
      return values == null ? Float.NaN : values[0];
    }
  }

  @Test
  void ratesWarmUpAndThenStayOrFall() {
    assertArrayEquals(
        new double[] {0.5, 1, 1, 1, 1, 1},
        factors(new TrainingConfig.Schedule(2, 5, 0.5, TrainingConfig.Decay.CONSTANT)));
    assertArrayEquals(
        new double[] {0.5, 1, 1, 0.75, 0.5, 0.5},
        factors(new TrainingConfig.Schedule(2, 4, 0.5, TrainingConfig.Decay.LINEAR)));
    double[] cosine = factors(new TrainingConfig.Schedule(0, 4, 0, TrainingConfig.Decay.COSINE));
    assertArrayEquals(
        new double[] {1, (2 + Math.sqrt(2)) / 4, 0.5, (2 - Math.sqrt(2)) / 4, 0, 0}, cosine, 1e-15);
  }

  private static double[] factors(TrainingConfig.Schedule schedule) {
    double[] factors = new double[6];
    for (int step = 0; step < factors.length; step++) {
      factors[step] = schedule.factor(step);
    }
    return factors;
  }
}
