package dev.phoenix.ops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Backend;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the cost of a request after earlier requests of the same size. */
class SteadyStateTest {
  private final Random random = Seeds.random("steady state");
  private final ModelConfig config = ConfigText.small().parse();

  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"EMULATED", "CUDA"})
  void warmRequestsAllocateNothingOnTheDeviceAndReplayOneGraph(Backend backend) {
    try (GpuOps ops = (GpuOps) backend.create(1);
        Ranker ranker = Ranker.create(ops, config, RandomModel.ranker(config, folder, random));
        EncodedHistories kept = ranker.histories()) {
      RankerOutput output = ranker.output();
      // 41, 40 and 34 rows of history are rounded up to one size, and so are the candidates.
      for (int length : new int[] {40, 40}) {
        rank(ranker, kept, output, length, 64);
      }
      long live = ops.liveBytes();
      for (int[] request : new int[][] {{40, 64}, {39, 60}, {33, 49}, {40, 55}}) {
        long replays = ops.graphReplays();
        rank(ranker, kept, output, request[0], request[1]);
        assertEquals(replays + 1, ops.graphReplays(), "one graph for encoding and scoring");
        assertEquals(live, ops.liveBytes(), "bytes on the device");
      }
    }
  }

  private void rank(
      Ranker ranker, EncodedHistories kept, RankerOutput output, int length, int candidates) {
    ranker.encode(kept, List.of(new RandomHistory(config, random, length)));
    ranker.score(output, kept, List.of(new RandomCandidates(config, random, candidates)));
    assertTrue(Float.isFinite(output.probability(0, candidates - 1, 0)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"EMULATED", "CUDA"})
  void usersOfManySizesSettleToo(Backend backend) {
    try (GpuOps ops = (GpuOps) backend.create(1);
        RetrievalModel model =
            RetrievalModel.create(ops, config, RandomModel.retrieval(config, folder, random))) {
      for (int round = 0; round < 2; round++) {
        long live = ops.liveBytes();
        for (int length : new int[] {40, 7, 0, 23, 40, 1}) {
          float[] user = new float[config.embSize()];
          model.encodeUsers(user, new float[1], List.of(new RandomHistory(config, random, length)));
        }
        assertTrue(round == 0 || live == ops.liveBytes(), "bytes on the device");
      }
    }
  }
}
