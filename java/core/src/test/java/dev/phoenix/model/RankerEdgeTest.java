package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.ops.Backend;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares scores of the CPU and the reference backend for edge cases of requests and
 * configurations.
 */
class RankerEdgeTest {
  /** The bound of a float32 backend for probabilities. Source: docs/model.md#8-precision. */
  private static final double BOUND = 2e-5;

  private final Random random = Seeds.random("ranker edges");

  @TempDir Path folder = Path.of("");

  /** Ranks one request on both backends and compares every output. */
  private void assertLikeReference(
      ModelConfig config, HistoryFeatures history, CandidateFeatures candidates, double bound) {
    ModelParameters parameters = RandomModel.ranker(config, folder, random);
    try (RankerBench cpu = new RankerBench(Backend.CPU_FLOAT32.create(2), config, parameters);
        RankerBench reference = new RankerBench(Backend.REFERENCE.create(1), config, parameters)) {
      float[] expected = reference.rank(history, candidates);
      float[] found = cpu.rank(history, candidates);
      assertEquals(
          candidates.count()
              * (2 * config.actions().numActions() + config.actions().numContinuousActions()),
          found.length);
      int actions = config.actions().numActions();
      int width = 2 * actions + config.actions().numContinuousActions();
      // The slope of a sigmoid is at most 1/4, so an error of 4 bounds in a logit is one in a
      // probability. Larger logits have larger roundings.
      Closeness.assertWithin(
          "outputs",
          expected,
          found,
          i -> i % width < actions ? bound * Math.max(4, Math.abs(expected[i])) : bound);
      for (float value : found) {
        assertTrue(Float.isFinite(value), Seeds.replay());
      }
    }
  }

  private void assertLikeReference(
      ModelConfig config, HistoryFeatures history, CandidateFeatures candidates) {
    assertLikeReference(config, history, candidates, BOUND);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestsWithMissingPartsAreScored(boolean anchored) {
    ModelConfig config = ConfigText.small().with("right_anchored_rope", anchored).parse();
    CandidateFeatures candidates = new RandomCandidates(config, random, 9).withPaddingAt(4);
    RandomHistory gaps = new RandomHistory(config, random, 12).withPaddingAt(0, 3, 4, 11);
    assertLikeReference(config, gaps, candidates);
    assertLikeReference(config, new RandomHistory(config, random, 0), candidates);
    assertLikeReference(config, new RandomHistory(config, random, 5).withoutUser(), candidates);
    assertLikeReference(config, new RandomHistory(config, random, 0).withoutUser(), candidates);
    int[] everywhere = IntStream.range(0, 8).toArray();
    RandomHistory padding = new RandomHistory(config, random, 8).withPaddingAt(everywhere);
    assertLikeReference(config, padding.withoutUser(), candidates);
  }

  @Test
  void candidatesThatAreAllPaddingStayFinite() {
    ModelConfig config = ConfigText.small().parse();
    CandidateFeatures padding = new RandomCandidates(config, random, 3).withPaddingAt(0, 1, 2);
    assertLikeReference(config, new RandomHistory(config, random, 4), padding);
    assertLikeReference(config, new RandomHistory(config, random, 0).withoutUser(), padding);
  }

  @Test
  void noCandidatesAndNoRequestsHaveNoScores() {
    ModelConfig config = ConfigText.small().parse();
    ModelParameters parameters = RandomModel.ranker(config, folder, random);
    for (Backend backend : Backend.available()) {
      try (RankerBench bench = new RankerBench(backend.create(2), config, parameters)) {
        float[] none =
            bench.rank(
                new RandomHistory(config, random, 3), new RandomCandidates(config, random, 0));
        assertEquals(0, none.length);
        bench.ranker().rank(bench.output(), List.of(), List.of());
        assertEquals(0, bench.output().requests());
        bench.ranker().encode(bench.kept(), List.of());
        bench.ranker().score(bench.output(), bench.kept(), List.of());
        assertEquals(0, bench.output().requests());
      }
    }
  }

  @Test
  void listsOfDifferentLengthsAndLongHistoriesAreRefused() {
    ModelConfig config = ConfigText.small().parse();
    ModelParameters parameters = RandomModel.ranker(config, folder, random);
    try (RankerBench bench = new RankerBench(Backend.CPU_FLOAT32.create(1), config, parameters)) {
      RandomHistory one = new RandomHistory(config, random, 1);
      assertThrows(
          IllegalArgumentException.class,
          () -> bench.ranker().rank(bench.output(), List.of(one), List.of()));
      bench.encode(one);
      assertThrows(
          IllegalArgumentException.class,
          () -> bench.ranker().score(bench.output(), bench.kept(), List.of()));
      RandomHistory tooLong = new RandomHistory(config, random, 41);
      assertThrows(IllegalArgumentException.class, () -> bench.encode(tooLong));
      float[] after = bench.rank(one, new RandomCandidates(config, random, 1));
      assertTrue(Float.isFinite(after[0]), "a refused request leaves the ranker usable");
      assertThrows(IndexOutOfBoundsException.class, () -> bench.output().probability(0, 1, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> bench.output().continuous(0, 0, 8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "emb_size 33, num_actions 1",
        "emb_size 1, num_actions 64",
        "emb_size 17, num_user_hashes 1, num_item_hashes 1, num_author_hashes 1",
        "num_user_hashes 3, num_item_hashes 3, num_author_hashes 1",
        "key_size 2, num_q_heads 3, num_kv_heads 1",
        "key_size 48, num_q_heads 2, num_kv_heads 2, num_layers 1",
        "num_actions 128, num_continuous_actions 3, continuous_action_hidden_dim 17",
        "num_continuous_actions 1, continuous_action_hidden_dim 1024",
        "num_ip_hashes 1, use_log true, norm_scale 3600, right_anchored_rope true",
        "num_layers 1, widening_factor 4.0, post_age_granularity_mins 4800",
        "product_surface_vocab_size 1, candidate_seq_len 1, attn_output_multiplier 8",
      })
  void oddConfigurationsAreScored(String changes) {
    ConfigText text = ConfigText.small();
    for (String change : changes.split(", ", -1)) {
      String[] pair = change.split(" ", 2);
      text.with(pair[0], pair[1]);
    }
    ModelConfig config = text.parse();
    RandomHistory history = new RandomHistory(config, random, 33).withPaddingAt(7);
    // A norm over one column divides by sqrt(x^2 + 1e-5): if x is near 0, rounding errors are
    // multiplied by up to 1 / sqrt(1e-5) = 316.
    double bound = config.embSize() == 1 ? 316 * BOUND : BOUND;
    assertLikeReference(config, history, new RandomCandidates(config, random, 17), bound);
  }

  @Test
  void aSequenceOfFourThousandPositionsIsScored() {
    ModelConfig config =
        ConfigText.small()
            .with("emb_size", 16)
            .with("history_seq_len", 4000)
            .with("candidate_seq_len", 95)
            .with("key_size", 8)
            .with("num_q_heads", 1)
            .with("num_kv_heads", 1)
            .with("num_layers", 2)
            .parse();
    RandomHistory history = new RandomHistory(config, random, 4000);
    assertLikeReference(config, history, new RandomCandidates(config, random, 95));
  }
}
