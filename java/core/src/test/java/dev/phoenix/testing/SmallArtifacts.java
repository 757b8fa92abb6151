package dev.phoenix.testing;

import dev.phoenix.checkpoint.CorpusWriter;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.pipeline.Artifacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A folder of small models with random weights and a small corpus, for tests of loading. */
public final class SmallArtifacts {
  private static final int POSTS = 40;
  private static final int ACTIONS = 19;
  private static final Map<String, Integer> TABLES =
      Map.of("user_embeddings", 60, "item_embeddings", 50, "author_embeddings", 30);

  private SmallArtifacts() {}

  /** A model of one layer of width 32, two heads, and tables of a few dozen rows. */
  public static ModelConfig config() {
    return text().parse();
  }

  private static ConfigText text() {
    return ConfigText.small()
        .with("emb_size", 32)
        .with("num_q_heads", 2)
        .with("num_layers", 1)
        .with("history_seq_len", 12)
        .with("candidate_seq_len", 8)
        .with("user_vocab_size", 60)
        .with("item_vocab_size", 50)
        .with("author_vocab_size", 30)
        .with(
            "hash_params",
            """
            {"user_hash_scales": [7, 11], "user_biases": [3, 5], "user_modulus": 10007,
             "item_hash_scales": [13, 17], "item_biases": [2, 9], "item_modulus": 10009,
             "author_hash_scales": [19, 23], "author_biases": [4, 8], "author_modulus": 10037}
            """);
  }

  /** Writes the models and the corpus to {@code folder}. */
  public static Artifacts write(Path folder, Random random) {
    write(folder.resolve("retrieval"), ParameterLayout.retrieval(config()), random);
    write(folder.resolve("ranker"), ParameterLayout.ranker(config()), random);
    int columns = config().embSize();
    long[] ids = random.longs(POSTS).map(id -> id | 1).toArray();
    long[] authors = random.longs(POSTS).map(id -> id | 1).toArray();
    Path corpus = folder.resolve("corpus.npz");
    try (CorpusWriter writer = CorpusWriter.create(corpus, ids, authors, columns)) {
      for (int post = 0; post < POSTS; post++) {
        writer.append(unitVector(random, columns), 0, columns);
      }
      writer.commit(Collections.nCopies(POSTS, "topic"));
    }
    return new Artifacts(folder);
  }

  private static void write(Path model, ParameterLayout layout, Random random) {
    try {
      Files.createDirectories(model);
      Files.writeString(model.resolve("config.json"), text().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RandomModel.write(layout, model.resolve("model_params.npz"), random);
    long columns = config().embSize();
    try (NpzWriter writer = NpzWriter.create(model.resolve("embedding_tables.npz"))) {
      TABLES.forEach(
          (name, rows) -> {
            long[] shape = {rows, columns};
            writer.write(name, RandomModel.values(shape, random), shape);
          });
      writer.commit();
    }
  }

  private static float[] unitVector(Random random, int columns) {
    double[] vector = random.doubles(columns, -1, 1).toArray();
    double square = 0;
    for (double value : vector) {
      square += value * value;
    }
    float[] unit = new float[columns];
    for (int i = 0; i < columns; i++) {
      unit[i] = (float) (vector[i] / Math.sqrt(square));
    }
    return unit;
  }

  /** A user with {@code length} engagements. */
  public static UserSequence user(Random random, int length) {
    List<UserSequence.Engagement> history = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      TreeMap<Integer, Float> actions = new TreeMap<>();
      actions.put(random.nextInt(ACTIONS), 1f);
      history.add(
          new UserSequence.Engagement(random.nextLong() | 1, random.nextLong() | 1, actions));
    }
    return new UserSequence(random.nextLong() | 1, history);
  }
}
