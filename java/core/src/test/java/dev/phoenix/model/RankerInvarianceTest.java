package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.ops.Backend;
import dev.phoenix.testing.CandidateRange;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A candidate's score depends only on its user, history and slot and on the candidate itself.
 * Equality is bit-exact.
 */
@ParameterizedClass
@CsvSource({
  "CPU_FLOAT32, 1",
  "CPU_FLOAT32, 2",
  "CPU_FLOAT32, 3",
  "CPU_BFLOAT16, 1",
  "CPU_BFLOAT16, 2",
  "EMULATED, 1",
  "CUDA, 1"
})
class RankerInvarianceTest {
  private final Backend backend;
  private final int threads;
  private final Random random = Seeds.random("invariance");
  private final ModelConfig config = ConfigText.small().parse();

  @TempDir Path folder = Path.of("");

  RankerInvarianceTest(Backend backend, int threads) {
    this.backend = backend;
    this.threads = threads;
  }

  private RankerBench bench(ModelConfig of) {
    return bench(of, RandomModel.ranker(of, folder, random));
  }

  private RankerBench bench(ModelConfig of, ModelParameters parameters) {
    return new RankerBench(backend.create(threads), of, parameters);
  }

  @Test
  void groupsOfAnySizeGiveTheSameScores() {
    RandomHistory history = new RandomHistory(config, random, 37).withPaddingAt(5, 6, 20);
    CandidateFeatures all = new RandomCandidates(config, random, 200).withPaddingAt(13, 199);
    try (RankerBench bench = bench(config)) {
      bench.encode(history);
      float[] expected = bench.score(all);
      int width = expected.length / 200;
      for (int size : new int[] {1, 7, 64}) {
        float[] grouped = new float[expected.length];
        for (int from = 0; from < 200; from += size) {
          int count = Math.min(size, 200 - from);
          float[] part = bench.score(new CandidateRange(all, from, count));
          System.arraycopy(part, 0, grouped, from * width, part.length);
        }
        Closeness.assertSame("in groups of " + size, expected, grouped);
      }
    }
  }

  @Test
  void aCandidatesPlaceMattersOnlyWithoutRightAnchoredPositions() {
    for (boolean anchored : new boolean[] {false, true}) {
      ModelConfig of = ConfigText.small().with("right_anchored_rope", anchored).parse();
      RandomHistory history = new RandomHistory(of, random, 9);
      CandidateFeatures all = new RandomCandidates(of, random, 70);
      try (RankerBench bench = bench(of)) {
        bench.encode(history);
        float[] inPlace = bench.score(new CandidateRange(all, 5, 1));
        float[] first = bench.score(atSlotZero(new CandidateRange(all, 5, 1)));
        assertEquals(anchored, java.util.Arrays.equals(inPlace, first), Seeds.replay());
      }
    }
  }

  /** A view of a candidate with slot 0. */
  private static CandidateFeatures atSlotZero(CandidateFeatures one) {
    return new CandidateFeatures() {
      @Override
      public int count() {
        return 1;
      }

      @Override
      public boolean isPost(int i) {
        return one.isPost(i);
      }

      @Override
      public void copyPost(int i, float[] to, int at) {
        one.copyPost(i, to, at);
      }

      @Override
      public int surface(int i) {
        return one.surface(i);
      }

      @Override
      public int ageBucket(int i) {
        return one.ageBucket(i);
      }
    };
  }

  @Test
  void neighboursInTheBatchChangeNothing() {
    List<HistoryFeatures> histories = new ArrayList<>();
    List<CandidateFeatures> candidates = new ArrayList<>();
    for (int length : new int[] {40, 0, 1, 17, 33, 8, 40, 3}) {
      RandomHistory history = new RandomHistory(config, random, length);
      histories.add(length == 17 ? history.withoutDwell() : history);
      candidates.add(new RandomCandidates(config, random, 1 + 3 * length % 70));
    }
    try (RankerBench bench = bench(config)) {
      List<float[]> alone = new ArrayList<>();
      for (int i = 0; i < histories.size(); i++) {
        alone.add(bench.rank(histories.get(i), candidates.get(i)));
      }
      for (int order = 0; order < 3; order++) {
        Collections.rotate(histories, 3);
        Collections.rotate(candidates, 3);
        Collections.rotate(alone, 3);
        bench.ranker().rank(bench.output(), histories, candidates);
        for (int i = 0; i < histories.size(); i++) {
          float[] found = RankerBench.values(bench.output(), i);
          Closeness.assertSame("request " + i + " among others", alone.get(i), found);
        }
      }
    }
  }

  @Test
  void keptHistoriesScoreLikeNewlyEncodedOnes() {
    List<HistoryFeatures> histories = new ArrayList<>();
    List<CandidateFeatures> candidates = new ArrayList<>();
    for (int length : new int[] {40, 0, 17, 33}) {
      histories.add(new RandomHistory(config, random, length));
      candidates.add(new RandomCandidates(config, random, 5 + length));
    }
    try (RankerBench bench = bench(config);
        EncodedHistories apart = bench.ranker().histories();
        EncodedHistories mixed = bench.ranker().histories()) {
      bench.ranker().encode(bench.kept(), histories);
      bench.ranker().score(bench.output(), bench.kept(), candidates);
      List<float[]> expected = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        expected.add(RankerBench.values(bench.output(), i));
      }
      bench.ranker().copy(apart, List.of(new Ranker.EncodedHistory(bench.kept(), 3)));
      bench.ranker().encode(bench.kept(), histories.subList(0, 2));
      bench
          .ranker()
          .copy(
              mixed,
              List.of(
                  new Ranker.EncodedHistory(apart, 0),
                  new Ranker.EncodedHistory(bench.kept(), 1),
                  new Ranker.EncodedHistory(bench.kept(), 0)));
      bench
          .ranker()
          .score(
              bench.output(),
              mixed,
              List.of(candidates.get(3), candidates.get(1), candidates.get(0)));
      int[] order = {3, 1, 0};
      for (int i = 0; i < order.length; i++) {
        float[] found = RankerBench.values(bench.output(), i);
        Closeness.assertSame("kept history " + order[i], expected.get(order[i]), found);
      }
    }
  }

  @Test
  void oneAndManyThreadsGiveTheSameScores() {
    ModelParameters parameters = RandomModel.ranker(config, folder, random);
    RandomHistory history = new RandomHistory(config, random, 40);
    CandidateFeatures candidates = new RandomCandidates(config, random, 65);
    try (RankerBench bench = bench(config, parameters);
        RankerBench single = new RankerBench(backend.create(1), config, parameters)) {
      Closeness.assertSame(
          threads + " threads", single.rank(history, candidates), bench.rank(history, candidates));
    }
  }

  /** The code is interpreted on the first call and compiled before the last. */
  @Test
  void compiledCodeScoresAsInterpretedCodeDoes() {
    ModelConfig tiny = ConfigText.small().with("emb_size", 17).with("num_layers", 1).parse();
    RandomHistory history = new RandomHistory(tiny, random, 5);
    CandidateFeatures candidates = new RandomCandidates(tiny, random, 3);
    try (RankerBench bench = bench(tiny)) {
      float[] first = bench.rank(history, candidates);
      // The code of the emulator is compiled after few calls.
      int calls = backend == Backend.EMULATED ? 20 : 5000;
      for (int call = 1; call < calls; call++) {
        bench.encode(history);
        bench.ranker().score(bench.output(), bench.kept(), List.of(candidates));
      }
      float[] last = RankerBench.values(bench.output(), 0);
      Closeness.assertSame("after " + calls + " calls", first, last);
      assertNotEquals(0f, first[0]);
    }
  }
}
