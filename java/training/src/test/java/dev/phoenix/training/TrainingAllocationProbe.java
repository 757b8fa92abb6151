package dev.phoenix.training;

import com.sun.management.ThreadMXBean;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import java.lang.management.ManagementFactory;

/**
 * Prints the fewest bytes that a warm step of both trainers has allocated on all threads. It is a
 * program because it needs a fresh JVM.
 */
final class TrainingAllocationProbe {
  private static final int ROUNDS = 150;
  private static final int STEPS = 10;

  private TrainingAllocationProbe() {}

  /** Argument: the number of bytes at which to stop early. */
  public static void main(String[] arguments) {
    long enough = Long.parseLong(arguments[0]);
    ModelConfig model = RandomTraining.text().with("emb_size", 128).parse();
    RandomTraining random = new RandomTraining(model);
    TrainingConfig config = random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0.1);
    RetrievalBatch retrievalBatch = random.retrieval(1, 40, true);
    RankerBatch rankerBatch = random.ranker(1, 40);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    try (GradientOps ops = CpuGradientOps.create(2);
        RetrievalTrainer retrieval = RetrievalTrainer.init(ops, config, 1);
        RankerTrainer ranker = RankerTrainer.init(ops, config, 1)) {
      for (int round = 0; round < ROUNDS && least > enough; round++) {
        long before = threads.getTotalThreadAllocatedBytes();
        for (int step = 0; step < STEPS; step++) {
          retrieval.update(retrievalBatch);
          ranker.update(rankerBatch);
        }
        long bytes = (threads.getTotalThreadAllocatedBytes() - before) / STEPS;
        least = Math.min(least, bytes);
      }
    }
    System.out.println(least);
  }
}
