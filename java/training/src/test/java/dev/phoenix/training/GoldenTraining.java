package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A golden case of training with its inputs as ragged batches. */
final class GoldenTraining implements AutoCloseable {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "src/test/resources/golden");

  /** The index of dwell time among the continuous actions. */
  private static final int DWELL = 1;

  private static final int CONTINUOUS = 8;

  final NpzFile inputs;
  final NpzFile expected;
  final ModelConfig model;

  private GoldenTraining(Path folder) {
    inputs = NpzFile.open(folder.resolve("inputs.npz"));
    expected = NpzFile.open(folder.resolve("expected.npz"));
    int rows = (int) inputs.get("embedding_table").shape()[0];
    try {
      // The case refers to rows of one combined table without vocabularies, so any vocabularies
      // with the right total will do.
      String json = Files.readString(folder.resolve("config.json")).strip();
      String vocabulary =
          ", \"user_vocab_size\": 51, \"item_vocab_size\": 90, \"author_vocab_size\": "
              + (rows - 65 - 51 - 90)
              + "}";
      model = ModelConfig.parse(json.substring(0, json.length() - 1) + vocabulary, "golden");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GoldenTraining open(String name) {
    return new GoldenTraining(FOLDER.resolve(name));
  }

  TrainingConfig config(TrainingConfig.RankerLoss rankerLoss) {
    TrainingConfig defaults = TrainingConfig.of(model);
    return new TrainingConfig(
        model,
        new TrainingConfig.AdamW(0.001, 0.9, 0.999, 1e-8, 1e-4),
        new TrainingConfig.RowwiseAdagrad(0.1, 1e-10, 0),
        defaults.schedule(),
        Double.POSITIVE_INFINITY,
        0,
        defaults.initial(),
        defaults.retrieval(),
        rankerLoss);
  }

  /** Sets the parameters and rows of a training to those of the case. */
  void load(TrainingState state) {
    state.parameters().set(p -> p.value(), name -> floats("param:" + name));
    state.table().setRows(0, state.table().rows(), floats("embedding_table"));
  }

  float[] floats(String name) {
    return inputs.get(name).toFloats();
  }

  int[] ints(String name) {
    return inputs.get(name).toInts();
  }

  private boolean[] flags(String name) {
    return inputs.get(name).toBooleans();
  }

  /** Growing columns of a ragged batch. */
  private static final class Posts {
    final List<Integer> rows = new ArrayList<>();
    int count;

    void add(int[] postHashes, int[] authorHashes, int at) {
      for (int j = 0; j < 2; j++) {
        rows.add(postHashes[2 * at + j]);
      }
      for (int j = 0; j < 2; j++) {
        rows.add(authorHashes[2 * at + j]);
      }
      count++;
    }

    PostRows posts() {
      return new PostRows(count, rows.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  HistoryBatch histories() {
    int[] allSurfaces = ints("history_product_surface");
    int[] hashes = ints("history_post_hashes");
    int[] authors = ints("history_author_hashes");
    int users = ints("user_hashes").length / 2;
    int length = hashes.length / 2 / users;
    float[] actions = floats("history_actions");
    int actionCount = model.actions().numActions();
    float[] dwell =
        inputs.contains("history_continuous_actions")
            ? floats("history_continuous_actions")
            : new float[hashes.length / 2 * CONTINUOUS];
    Posts posts = new Posts();
    int[] offsets = new int[users + 1];
    List<Float> keptActions = new ArrayList<>();
    List<Integer> surfaces = new ArrayList<>();
    List<Float> seconds = new ArrayList<>();
    for (int at = 0; at < users * length; at++) {
      if (hashes[2 * at] != 0) {
        posts.add(hashes, authors, at);
        for (int a = 0; a < actionCount; a++) {
          keptActions.add(actions[at * actionCount + a]);
        }
        surfaces.add(allSurfaces[at]);
        seconds.add(dwell[at * CONTINUOUS + DWELL]);
      }
      offsets[at / length + 1] = posts.count;
    }
    return new HistoryBatch(
        users,
        ints("user_hashes"),
        offsets,
        posts.posts(),
        array(keptActions),
        surfaces.stream().mapToInt(Integer::intValue).toArray(),
        array(seconds));
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static boolean[] booleans(List<Boolean> values) {
    boolean[] array = new boolean[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  RetrievalBatch retrievalBatch() {
    HistoryBatch histories = histories();
    int[] hashes = ints("candidate_post_hashes");
    int[] authors = ints("candidate_author_hashes");
    boolean[] positive = flags("positive");
    boolean[] hard = flags("hard_negative");
    int slots = hashes.length / 2 / histories.users();
    int own = positive.length / histories.users();
    Posts candidates = new Posts();
    Posts globals = new Posts();
    int[] offsets = new int[histories.users() + 1];
    List<Boolean> positives = new ArrayList<>();
    List<Boolean> hards = new ArrayList<>();
    for (int at = 0; at < histories.users() * slots; at++) {
      int user = at / slots;
      int slot = at % slots;
      if (hashes[2 * at] != 0) {
        (slot < own ? candidates : globals).add(hashes, authors, at);
        if (slot < own) {
          positives.add(positive[user * own + slot]);
          hards.add(hard[user * own + slot]);
        }
      }
      offsets[user + 1] = candidates.count;
    }
    return new RetrievalBatch(
        histories,
        Queries.whole(histories),
        offsets,
        candidates.posts(),
        booleans(positives),
        booleans(hards),
        globals.posts());
  }

  RankerBatch rankerBatch() {
    HistoryBatch histories = histories();
    int[] hashes = ints("candidate_post_hashes");
    int[] authors = ints("candidate_author_hashes");
    int slots = hashes.length / 2 / histories.users();
    int actions = model.actions().numActions();
    float[] targets = floats("targets");
    int[] allSurfaces = ints("candidate_product_surface");
    boolean[] allSampled = flags("negative_sample");
    float[] allDwell = floats("dwell_target");
    Posts candidates = new Posts();
    int[] offsets = new int[histories.users() + 1];
    List<Integer> surfaces = new ArrayList<>();
    List<Float> kept = new ArrayList<>();
    List<Boolean> sampled = new ArrayList<>();
    List<Float> dwell = new ArrayList<>();
    for (int at = 0; at < histories.users() * slots; at++) {
      if (hashes[2 * at] != 0) {
        candidates.add(hashes, authors, at);
        surfaces.add(allSurfaces[at]);
        sampled.add(allSampled[at]);
        dwell.add(allDwell[at]);
        for (int a = 0; a < actions; a++) {
          kept.add(targets[at * actions + a]);
        }
      }
      offsets[at / slots + 1] = candidates.count;
    }
    return new RankerBatch(
        histories,
        new CandidateBatch(
            offsets,
            candidates.posts(),
            surfaces.stream().mapToInt(Integer::intValue).toArray(),
            new int[candidates.count]),
        array(kept),
        booleans(sampled),
        array(dwell));
  }

  @Override
  public void close() {
    inputs.close();
    expected.close();
  }
}
