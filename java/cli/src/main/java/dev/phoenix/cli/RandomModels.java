package dev.phoenix.cli;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SequencedMap;

/** Runs small models with random weights and prints their outputs. */
final class RandomModels {
  private static final int CORPUS = 1000;
  private static final int TOP_K = 10;
  private static final int USERS = 2;
  private static final int BAR = 20;
  private static final String CONFIG =
      """
      {"emb_size": 128, "history_seq_len": 32, "candidate_seq_len": 8, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 64, "num_heads": 2,
       "num_layers": 2, "num_actions": 19}
      """;

  private final Random random;
  private final ModelConfig config = ModelConfig.parse(CONFIG, "the demo's configuration");

  RandomModels(long seed) {
    this.random = new Random(seed);
  }

  void showRanker(Ops ops, PrintWriter out) {
    RankerOutput output;
    int candidates = config.sequence().candidateSeqLen();
    try (Ranker ranker = Ranker.create(ops, config, parameters(ParameterLayout.ranker(config)))) {
      output = ranker.output();
      ranker.rank(
          output,
          List.of(new RandomHistory(random, config)),
          List.of(new RandomCandidates(random, config)));
    }
    out.printf("%d candidates, ranked by the probability of a favorite%n", candidates);
    int[] order = output.rankedIndices(0);
    for (int rank = 0; rank < candidates; rank++) {
      out.printf("%nRank %d: candidate %d%n", rank + 1, order[rank]);
      for (int action = 0; action < config.actions().numActions(); action++) {
        float probability = output.probability(0, order[rank], action);
        out.printf(
            Locale.ROOT,
            "  %-19s %s %.3f%n",
            ActionTaxonomy.RUNNER.name(action),
            bar(probability),
            probability);
      }
    }
  }

  void showRetrieval(Ops ops, PrintWriter out) {
    int columns = config.embSize();
    float[] users = new float[USERS * columns];
    try (RetrievalModel model =
            RetrievalModel.create(ops, config, parameters(ParameterLayout.retrieval(config)));
        Scope scope = Scope.create("demo corpus");
        Arena arena = Arena.ofShared()) {
      model.encodeUsers(
          users,
          new float[USERS],
          List.of(new RandomHistory(random, config), new RandomHistory(random, config)));
      CorpusIndex index =
          ops.corpusIndex(
              scope, unitVectors(arena, columns), new Shape(CORPUS, columns), Precision.FLOAT32);
      print(ops.topK(index, new TopKQuery(users, USERS, null, TOP_K)), out);
    }
  }

  private static void print(TopK best, PrintWriter out) {
    out.printf("%d best of %,d posts, by cosine similarity%n", TOP_K, CORPUS);
    for (int user = 0; user < best.users(); user++) {
      out.printf("%nUser %d%n  Rank  Post  Similarity%n", user + 1);
      for (int i = 0; i < best.k(); i++) {
        float score = best.scores()[user * best.k() + i];
        out.printf(
            Locale.ROOT,
            "  %4d  %4d  %s %.4f%n",
            i + 1,
            best.indices()[user * best.k() + i],
            bar((score + 1) / 2),
            score);
      }
    }
  }

  private static String bar(float share) {
    int full = Math.clamp((int) (share * BAR), 0, BAR);
    return "█".repeat(full) + "░".repeat(BAR - full);
  }

  /**
   * Normal values, scaled so that products keep the variance of their inputs; norm scales are 1.
   */
  private ModelParameters parameters(ParameterLayout layout) {
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    layout
        .shapes()
        .forEach(
            (name, shape) -> {
              int elements = 1;
              for (long size : shape) {
                elements *= (int) size;
              }
              boolean scale = name.endsWith("/scale");
              double deviation = shape.length < 2 ? 1 : 1 / Math.sqrt((double) shape[0]);
              float[] value = new float[elements];
              for (int i = 0; i < elements; i++) {
                value[i] = scale ? 1 : (float) (deviation * random.nextGaussian());
              }
              values.put(name, value);
            });
    return ModelParameters.of("the demo's parameters", layout, values);
  }

  private MemorySegment unitVectors(Arena arena, int columns) {
    MemorySegment rows =
        arena.allocate((long) CORPUS * columns * Float.BYTES, ValueLayout.JAVA_LONG.byteSize());
    double[] row = new double[columns];
    for (int i = 0; i < CORPUS; i++) {
      double square = 0;
      for (int d = 0; d < columns; d++) {
        row[d] = random.nextGaussian();
        square += row[d] * row[d];
      }
      for (int d = 0; d < columns; d++) {
        float value = (float) (row[d] / Math.sqrt(square));
        rows.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * columns + d, value);
      }
    }
    return rows;
  }
}
