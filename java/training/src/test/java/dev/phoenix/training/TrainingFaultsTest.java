package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Device;
import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.gpu.GpuGradientOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.testing.FaultSweep;
import dev.phoenix.testing.FaultSweep.Subject;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * If any allocation, module or plan fails while a trainer is created or runs a step, nothing stays
 * allocated on the device, and the exception names the failed call.
 */
class TrainingFaultsTest {
  private final RandomTraining random =
      new RandomTraining(RandomTraining.text().with("num_layers", 1).parse());

  @BeforeEach
  void requireKernels() {
    assumeTrue(GpuOps.hasKernels(), "this build has no kernels");
  }

  @Test
  void aStepOfTheTowers() throws Exception {
    TrainingConfig config = random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0.1);
    RetrievalBatch batch = random.retrieval(3, 3, true);
    sweep(ops -> RetrievalTrainer.init(ops, config, 1), batch);
  }

  @Test
  void aStepOfTheRanker() throws Exception {
    TrainingConfig config = random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0.1);
    RankerBatch batch = random.ranker(3, 3);
    sweep(ops -> RankerTrainer.init(ops, config, 1), batch);
  }

  private static <B> void sweep(Function<GradientOps, Trainer<B>> trainers, B batch)
      throws Exception {
    long steps =
        FaultSweep.overAll(
            device -> {
              try (GradientOps ops = open(device);
                  Trainer<B> trainer = trainers.apply(ops)) {
                assertTrue(Double.isFinite(trainer.update(batch).loss()));
              }
            });
    assertTrue(steps > 50, "only " + steps + " faults");
    long losses =
        FaultSweep.over(
            new Subject<>(
                TrainingFaultsTest::open,
                trainers,
                trainer -> new float[] {(float) trainer.loss(batch)}));
    assertTrue(losses > 20, "only " + losses + " faults");
  }

  private static GradientOps open(Device device) {
    return GpuGradientOps.create("emulated", device, Form.PTX);
  }
}
