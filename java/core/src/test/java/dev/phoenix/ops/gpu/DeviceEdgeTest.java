package dev.phoenix.ops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests requests with missing parts, many passes before a read, and scans beyond the kernel's K.
 */
class DeviceEdgeTest {
  /** The difference of two bfloat16 runs of a shallow model with different rounding. */
  private static final double BOUND = 0.03;

  private final Random random = Seeds.random("device edges");
  private final ModelConfig config = ConfigText.small().parse();

  @TempDir Path folder = Path.of("");

  private static float probability(
      Ops ops,
      ModelConfig config,
      ModelParameters parameters,
      HistoryFeatures history,
      CandidateFeatures candidates) {
    try (Ranker ranker = Ranker.create(ops, config, parameters)) {
      RankerOutput output = ranker.output();
      ranker.rank(output, List.of(history), List.of(candidates));
      return output.probability(0, candidates.count() - 1, 1);
    }
  }

  @Test
  void requestsWithMissingPartsScoreAsOnTheCpu() {
    ModelParameters parameters = RandomModel.ranker(config, folder, random);
    CandidateFeatures candidates = new RandomCandidates(config, random, 5).withPaddingAt(2);
    List<HistoryFeatures> histories =
        List.of(
            new RandomHistory(config, random, 12).withPaddingAt(0, 3, 11),
            new RandomHistory(config, random, 0),
            new RandomHistory(config, random, 5).withoutUser(),
            new RandomHistory(config, random, 0).withoutUser());
    for (HistoryFeatures history : histories) {
      try (Ops gpu = Backend.EMULATED.create(1);
          Ops cpu = Backend.CPU_BFLOAT16.create(1)) {
        float found = probability(gpu, config, parameters, history, candidates);
        float expected = probability(cpu, config, parameters, history, candidates);
        assertEquals(expected, found, BOUND, Seeds.replay());
      }
    }
  }

  @Test
  void whatIsNotReadBetweenPassesIsStillRight() {
    ModelParameters parameters = RandomModel.ranker(config, folder, random);
    RandomHistory first = new RandomHistory(config, random, 40);
    RandomHistory second = new RandomHistory(config, random, 9);
    RandomCandidates candidates = new RandomCandidates(config, random, 7);
    try (Ops ops = Backend.EMULATED.create(1);
        Ranker ranker = Ranker.create(ops, config, parameters);
        EncodedHistories one = ranker.histories();
        EncodedHistories two = ranker.histories()) {
      RankerOutput output = ranker.output();
      ranker.encode(one, List.of(first));
      ranker.encode(two, List.of(first));
      ranker.encode(two, List.of(second));
      ranker.score(output, one, List.of(candidates));
      float ofFirst = output.logit(0, 6, 0);
      ranker.score(output, two, List.of(candidates));
      float ofSecond = output.logit(0, 6, 0);
      ranker.rank(output, List.of(first), List.of(candidates));
      assertEquals(output.logit(0, 6, 0), ofFirst);
      ranker.rank(output, List.of(second), List.of(candidates));
      assertEquals(output.logit(0, 6, 0), ofSecond);
    }
  }

  @Test
  void scansBeyondTheKernelsLimitAndOfNearTiesAreExact() {
    int entries = 2600;
    float[] corpus = new float[entries * 2];
    for (int i = 0; i < entries; i++) {
      // All equal after rounding, so that the scan alone cannot distinguish them.
      corpus[2 * i] = 1 + (i * 7 % entries) * 0x1p-22f;
    }
    try (Arena arena = Arena.ofConfined();
        Ops ops = Backend.EMULATED.create(1);
        Scope scope = Scope.create("corpus")) {
      MemorySegment rows = arena.allocate(4L * corpus.length, 64);
      MemorySegment.copy(corpus, 0, rows, ValueLayout.JAVA_FLOAT, 0, corpus.length);
      for (Precision held : Precision.values()) {
        var index = ops.corpusIndex(scope, rows, new Shape(entries, 2), held);
        for (int k : new int[] {3, 2500}) {
          TopK best = ops.topK(index, TopKQuery.unmasked(new float[] {1, 0}, 1, k));
          assertEquals(k, best.k());
          for (int i = 0; i < k; i++) {
            assertEquals(entries - 1 - i, best.indices()[i] * 7 % entries, held + " " + i);
          }
        }
      }
      assertTrue(scope.liveBytes() > 0);
    }
  }
}
