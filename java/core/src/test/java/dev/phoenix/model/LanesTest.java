package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.model.Ranker.EncodedHistory;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests several threads on one model. */
class LanesTest {
  private static final int LANES = 3;
  private static final int ROUNDS = 6;

  private final Random random = Seeds.random("lanes");
  private final ModelConfig config = ConfigText.small().parse();

  @TempDir Path folder = Path.of("");

  private float[] logits(RankerOutput output, int request) {
    float[] all = new float[output.candidates(request) * output.actions()];
    for (int i = 0; i < all.length; i++) {
      all[i] = output.logit(request, i / output.actions(), i % output.actions());
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void lanesAtWorkAtOnceScoreLikeTheModelAlone(Backend backend) throws Exception {
    try (Ops ops = backend.create(1);
        Ranker ranker = Ranker.create(ops, config, RandomModel.ranker(config, folder, random))) {
      List<RandomHistory> users = new ArrayList<>();
      List<RandomCandidates> posts = new ArrayList<>();
      List<float[]> expected = new ArrayList<>();
      RankerOutput output = ranker.output();
      for (int i = 0; i < ROUNDS; i++) {
        users.add(new RandomHistory(config, random, 3 + 5 * i));
        posts.add(new RandomCandidates(config, random, 4 + 3 * i));
        ranker.rank(output, List.of(users.get(i)), List.of(posts.get(i)));
        expected.add(logits(output, 0));
      }
      try (var threads = Executors.newFixedThreadPool(LANES)) {
        List<Future<?>> all = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
          int first = lane;
          Ops own = ops.lane();
          all.add(
              threads.submit(
                  () -> {
                    try (own;
                        Ranker mine = ranker.lane(own)) {
                      RankerOutput found = mine.output();
                      for (int round = 0; round < ROUNDS; round++) {
                        int i = (first + round) % ROUNDS;
                        mine.rank(found, List.of(users.get(i)), List.of(posts.get(i)));
                        assertArrayEquals(expected.get(i), logits(found, 0), 0f);
                      }
                    }
                  }));
        }
        for (Future<?> each : all) {
          each.get();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void aHistoryThatOneLaneEncodedServesAnother(Backend backend) {
    RandomHistory user = new RandomHistory(config, random, 21);
    List<RandomCandidates> posts = List.of(new RandomCandidates(config, random, 9));
    try (Ops ops = backend.create(1);
        Ranker ranker = Ranker.create(ops, config, RandomModel.ranker(config, folder, random));
        Ops first = ops.lane();
        Ranker encoder = ranker.lane(first);
        Ops second = ops.lane();
        Ranker scorer = ranker.lane(second);
        EncodedHistories encoded = encoder.histories();
        EncodedHistories kept = ranker.histories();
        EncodedHistories copied = scorer.histories()) {
      RankerOutput output = encoder.output();
      encoder.encode(encoded, List.of(user));
      encoder.score(output, encoded, posts);
      float[] expected = logits(output, 0);
      ranker.copy(kept, List.of(new EncodedHistory(encoded, 0)));
      // The lane encodes other histories, on which the kept copy must not depend.
      encoder.encode(encoded, List.of(new RandomHistory(config, random, 30)));
      scorer.copy(copied, List.of(new EncodedHistory(kept, 0)));
      scorer.score(output, copied, posts);
      assertArrayEquals(expected, logits(output, 0), 0f);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"EMULATED", "CUDA"})
  void aLaneCostsNoSecondModel(Backend backend) {
    // Wide enough that the weights exceed a lane's own staging buffers and activations.
    ModelConfig wide = ConfigText.small().with("emb_size", 256).parse();
    try (GpuOps ops = (GpuOps) backend.create(1)) {
      long before = ops.liveBytes();
      try (Ranker ranker = Ranker.create(ops, wide, RandomModel.ranker(wide, folder, random))) {
        long model = ops.liveBytes() - before;
        long alone = ops.liveBytes();
        try (Ops own = ops.lane();
            Ops none = ops.lane();
            Ranker lane = ranker.lane(own)) {
          long lanes = ops.liveBytes() - alone;
          try (Ops spare = ops.lane()) {
            long empty = ops.liveBytes() - alone - lanes;
            assertTrue(lanes - 2 * empty < model / 100, lanes + " of " + model);
            assertEquals(spare.name(), none.name());
          }
          assertEquals(wide, lane.config());
        }
        assertEquals(alone, ops.liveBytes());
      }
    }
  }
}
