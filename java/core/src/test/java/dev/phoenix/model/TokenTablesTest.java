package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.testing.CandidateRange;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.RepositoryFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gathering rows by number and copying rows one by one give bit-identical scores. */
class TokenTablesTest {
  private static final Path DEMO = RepositoryFiles.path("checkpoints/demo");
  private static final long[] POSTS = {7, 1L << 60, 0, -3, 99, 100};
  private static final long[] AUTHORS = {1, 2, 0, -4, 5, 1};

  private final Path directory = DEMO.resolve("ranker");
  private final ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
  private final UserSequence sequence = UserSequence.read(DEMO.resolve("example_sequence.json"));

  @ParameterizedTest
  @EnumSource(Backend.class)
  void scoresAreTheSameWithAndWithoutTablesInUse(Backend backend) {
    try (Ops ops = backend.create(2);
        EmbeddingTables tables = tables("ranker", config);
        Ranker ranker = Ranker.load(ops, directory)) {
      float[] copied = scores(ranker, tables);
      ranker.useTables(tables);
      ranker.useTables(tables);
      Closeness.assertSame("by number", copied, scores(ranker, tables));
      assertTrue(Float.isFinite(copied[0]), "a score");
      try (EmbeddingTables others = tables("ranker", config)) {
        Closeness.assertSame("rows of other tables", copied, scores(ranker, others));
        ranker.useTables(others);
        Closeness.assertSame("other tables", copied, scores(ranker, others));
      }
    }
  }

  private static EmbeddingTables tables(String model, ModelConfig config) {
    return EmbeddingTables.open(DEMO.resolve(model).resolve("embedding_tables.npz"), config);
  }

  private float[] scores(Ranker ranker, EmbeddingTables tables) {
    RankerOutput output = ranker.output();
    ranker.rank(
        output,
        List.of(HashedHistory.create(config, tables, sequence)),
        List.of(HashedCandidates.create(config, tables, POSTS, AUTHORS)));
    return RankerBench.values(output, 0);
  }

  /** A view of candidates that does not refer to tables is copied row by row. */
  @ParameterizedTest
  @EnumSource(Backend.class)
  void viewsOfCandidatesAreServedToo(Backend backend) {
    try (Ops ops = backend.create(2);
        EmbeddingTables tables = tables("ranker", config);
        Ranker ranker = Ranker.load(ops, directory)) {
      ranker.useTables(tables);
      float[] expected = scores(ranker, tables);
      CandidateFeatures all = HashedCandidates.create(config, tables, POSTS, AUTHORS);
      CandidateFeatures view = new CandidateRange(all, 0, POSTS.length);
      RankerOutput output = ranker.output();
      ranker.rank(output, List.of(HashedHistory.create(config, tables, sequence)), List.of(view));
      Closeness.assertSame("a view", expected, RankerBench.values(output, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void vectorsAreTheSameWithAndWithoutTablesInUse(Backend backend) {
    Path retrieval = DEMO.resolve("retrieval");
    ModelConfig of = ModelConfig.read(retrieval.resolve("config.json"));
    try (Ops ops = backend.create(2);
        EmbeddingTables tables = tables("retrieval", of);
        RetrievalModel model = RetrievalModel.load(ops, retrieval)) {
      int d = of.embSize();
      float[][] vectors = new float[2][(1 + POSTS.length) * d];
      for (float[] found : vectors) {
        float[] user = new float[d];
        model.encodeUsers(user, new float[1], List.of(HashedHistory.create(of, tables, sequence)));
        model.encodePosts(found, d, HashedCandidates.create(of, tables, POSTS, AUTHORS));
        System.arraycopy(user, 0, found, 0, d);
        model.useTables(tables);
      }
      Closeness.assertSame("by number", vectors[0], vectors[1]);
      double square = 0;
      for (float value : Arrays.copyOf(vectors[0], d)) {
        square += (double) value * value;
      }
      assertEquals(1, square, 1e-5, "a unit vector");
    }
  }
}
