package dev.phoenix.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.device.Device;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.PostTower;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.model.Retriever;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.GpuGradientOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.testing.FaultSweep;
import dev.phoenix.testing.FaultSweep.Subject;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.Seeds;
import dev.phoenix.testing.SmallArtifacts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * If any allocation, stream, module or plan fails during loading or computation, nothing stays
 * allocated on the device, the exception names the failed call, and the next attempt succeeds.
 */
class LoadingFaultsTest {
  private final Random random = Seeds.random("loading faults");

  @TempDir Path folder = Path.of("");

  private Artifacts artifacts = new Artifacts(folder);

  @BeforeEach
  void write() {
    assumeTrue(GpuOps.hasKernels(), "this build has no kernels");
    artifacts = SmallArtifacts.write(folder, random);
  }

  private static GpuOps ops(Device device) {
    return GpuOps.create("emulated", device, Form.PTX);
  }

  private static void assertSwept(long faults) {
    assertTrue(faults > 5, "only " + faults + " faults");
  }

  @Test
  void operationsAndTheirLanes() {
    assertSwept(
        FaultSweep.overAll(
            device -> {
              try (GpuGradientOps training = GpuGradientOps.create("emulated", device, Form.PTX);
                  Ops lane = training.lane()) {
                assertTrue(lane.precision() == Precision.BFLOAT16);
              }
            }));
  }

  @Test
  void ranker() throws Exception {
    RandomHistory history = new RandomHistory(SmallArtifacts.config(), random, 7);
    RandomCandidates candidates = new RandomCandidates(SmallArtifacts.config(), random, 5);
    Path model = artifacts.model("ranker");
    assertSwept(
        FaultSweep.over(
            new Subject<>(
                LoadingFaultsTest::ops,
                ops -> Ranker.load(ops, model),
                ranker -> {
                  RankerOutput output = ranker.output();
                  ranker.rank(output, List.of(history), List.of(candidates));
                  float[] probabilities = new float[5];
                  for (int i = 0; i < probabilities.length; i++) {
                    probabilities[i] = output.probability(0, i, 0);
                  }
                  return probabilities;
                })));
  }

  @Test
  void retrievalModelAndRetriever() throws Exception {
    RandomHistory history = new RandomHistory(SmallArtifacts.config(), random, 7);
    try (Corpus corpus = Corpus.open(artifacts.corpus())) {
      assertSwept(
          FaultSweep.over(
              new Subject<>(
                  LoadingFaultsTest::ops,
                  ops -> Search.open(ops, artifacts.model("retrieval"), corpus),
                  search ->
                      search.retriever().retrieve(List.of(history), 9, null).best().scores())));
    }
  }

  private record Search(Closer parts, Retriever retriever) implements AutoCloseable {
    static Search open(Ops ops, Path directory, Corpus corpus) {
      return Closer.open(
          parts -> {
            RetrievalModel model = parts.own(RetrievalModel.load(ops, directory));
            return new Search(
                parts, parts.own(Retriever.create(ops, model, corpus, Precision.BFLOAT16)));
          });
    }

    @Override
    public void close() {
      parts.close();
    }
  }

  @Test
  void postTower() throws Exception {
    RandomCandidates posts = new RandomCandidates(SmallArtifacts.config(), random, 3);
    assertSwept(
        FaultSweep.over(
            new Subject<>(
                LoadingFaultsTest::ops,
                ops -> PostTower.load(ops, artifacts.model("retrieval")),
                tower -> {
                  float[] vectors = new float[3 * SmallArtifacts.config().embSize()];
                  tower.encode(vectors, 0, posts);
                  return vectors;
                })));
  }

  @Test
  void tablesOnTheDevice() throws Exception {
    UserSequence user = SmallArtifacts.user(random, 7);
    Path directory = artifacts.model("retrieval");
    try (EmbeddingTables tables =
        EmbeddingTables.open(directory.resolve("embedding_tables.npz"), SmallArtifacts.config())) {
      assertSwept(
          FaultSweep.over(
              new Subject<>(
                  LoadingFaultsTest::ops,
                  ops -> RetrievalModel.load(ops, directory),
                  model -> {
                    model.useTables(tables);
                    float[] vector = new float[model.config().embSize()];
                    HashedHistory history = HashedHistory.create(model.config(), tables, user);
                    model.encodeUsers(vector, new float[1], List.of(history));
                    return vector;
                  })));
    }
  }

  @Test
  void pipeline() throws Exception {
    UserSequence user = SmallArtifacts.user(random, 7);
    assertSwept(
        FaultSweep.over(
            new Subject<>(
                LoadingFaultsTest::ops,
                ops -> Pipeline.open(ops, artifacts, artifacts.corpus()),
                pipeline -> {
                  FeedRequest request =
                      FeedRequest.served(user, 8, Instant.ofEpochSecond(1_700_000_000));
                  Feed feed =
                      pipeline.recommend(
                          request,
                          pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.RUNNER));
                  float[] scores = new float[feed.items().size()];
                  for (int i = 0; i < scores.length; i++) {
                    scores[i] = feed.items().get(i).weightedScore();
                  }
                  return scores;
                })));
  }
}
