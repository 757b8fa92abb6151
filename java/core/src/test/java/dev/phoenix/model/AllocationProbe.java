package dev.phoenix.model;

import com.sun.management.ThreadMXBean;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.ops.Backend;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Prints the fewest bytes that a warm request has allocated on its thread. It is a program because
 * it needs a fresh JVM: which vectors the compiler boxes depends on the code it has seen before.
 */
final class AllocationProbe {
  private static final int ROUNDS = 80;
  private static final int REQUESTS = 50;

  private AllocationProbe() {}

  /**
   * Arguments: a backend's name, a folder to write to, and the number of bytes at which to stop
   * early.
   */
  public static void main(String[] arguments) {
    Backend backend = Backend.valueOf(arguments[0]);
    Random random = new Random(1);
    ModelConfig config = ConfigText.small().with("emb_size", 256).with("num_layers", 1).parse();
    List<HistoryFeatures> histories = List.of(new RandomHistory(config, random, 16));
    List<CandidateFeatures> candidates = List.of(new RandomCandidates(config, random, 16));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long enough = Long.parseLong(arguments[2]);
    long least = Long.MAX_VALUE;
    try (RankerBench bench =
        new RankerBench(
            backend.create(2), config, RandomModel.ranker(config, Path.of(arguments[1]), random))) {
      for (int round = 0; round < ROUNDS && least > enough; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int request = 0; request < REQUESTS; request++) {
          bench.ranker().encode(bench.kept(), histories);
          bench.ranker().score(bench.output(), bench.kept(), candidates);
        }
        least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / REQUESTS);
      }
    }
    System.out.println(least);
  }
}
