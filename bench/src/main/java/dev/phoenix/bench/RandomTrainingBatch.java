package dev.phoenix.bench;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.checkpoint.Vocabulary;
import dev.phoenix.training.CandidateBatch;
import dev.phoenix.training.HistoryBatch;
import dev.phoenix.training.PostRows;
import dev.phoenix.training.Queries;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RetrievalBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** A random training batch: ragged for this product, padded in an npz for the peer. */
public final class RandomTrainingBatch {
  /** All posts of a batch differ, so that no two users share a positive. */
  private static final int POST_HASHES = 4;

  private final ModelConfig config;
  private final Random random = new Random(1);
  private final int users;
  private final int[] offsets;
  private final HistoryBatch histories;

  /** Draws histories of {@code shortest} to S posts. */
  public RandomTrainingBatch(ModelConfig config, int users, int shortest) {
    this.config = config;
    this.users = users;
    this.offsets = new int[users + 1];
    for (int user = 0; user < users; user++) {
      int span = config.sequence().historySeqLen() - shortest + 1;
      offsets[user + 1] = offsets[user] + shortest + random.nextInt(span);
    }
    int count = offsets[users];
    Vocabulary vocabulary = vocabulary();
    int[] userRows = new int[2 * users];
    Arrays.setAll(userRows, i -> row(vocabulary.userStart(), vocabulary.user()));
    this.histories =
        new HistoryBatch(
            users,
            userRows,
            offsets,
            posts(count),
            flags(count * config.actions().numActions()),
            numbers(count, config.features().productSurfaceVocabSize()),
            seconds(count));
  }

  private Vocabulary vocabulary() {
    return config.vocabulary().orElseThrow();
  }

  private int row(long start, int rows) {
    return (int) start + 1 + random.nextInt(rows - 1);
  }

  private PostRows posts(int count) {
    Vocabulary vocabulary = vocabulary();
    int[] rows = new int[POST_HASHES * count];
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          i % POST_HASHES < 2
              ? row(vocabulary.itemStart(), vocabulary.item())
              : row(vocabulary.authorStart(), vocabulary.author());
    }
    return new PostRows(count, rows);
  }

  private float[] flags(int count) {
    float[] flags = new float[count];
    for (int i = 0; i < count; i++) {
      flags[i] = random.nextInt(4) == 0 ? 1 : 0;
    }
    return flags;
  }

  private int[] numbers(int count, int limit) {
    return random.ints(count, 0, limit).toArray();
  }

  private float[] seconds(int count) {
    float[] seconds = new float[count];
    for (int i = 0; i < count; i++) {
      seconds[i] = random.nextFloat() * 30;
    }
    return seconds;
  }

  /** A batch with one positive a user and {@code globals} negatives for all users. */
  public RetrievalBatch retrieval(int globals) {
    int[] candidateOffsets = new int[users + 1];
    Arrays.setAll(candidateOffsets, i -> i);
    boolean[] positive = new boolean[users];
    Arrays.fill(positive, true);
    return new RetrievalBatch(
        histories,
        Queries.whole(histories),
        candidateOffsets,
        posts(users),
        positive,
        new boolean[users],
        posts(globals));
  }

  /** A batch with C candidates a user. */
  public RankerBatch ranker() {
    int slots = config.sequence().candidateSeqLen();
    int count = users * slots;
    int[] candidateOffsets = new int[users + 1];
    Arrays.setAll(candidateOffsets, i -> i * slots);
    boolean[] sampled = new boolean[count];
    for (int i = 0; i < count; i++) {
      sampled[i] = random.nextInt(4) == 0;
    }
    return new RankerBatch(
        histories,
        new CandidateBatch(
            candidateOffsets,
            posts(count),
            numbers(count, config.features().productSurfaceVocabSize()),
            numbers(count, config.features().postAgeBuckets())),
        flags(count * config.actions().numActions()),
        sampled,
        new float[0]);
  }

  /** Writes {@code batch} for the peer. */
  public void write(Path file, RetrievalBatch batch) {
    try (NpzWriter writer = NpzWriter.create(file)) {
      writeHistories(writer);
      int[] rows = batch.candidates().rows();
      writer.write("candidate_rows", rows, users, POST_HASHES);
      int[] globals = batch.globalNegatives().rows();
      writer.write("global_rows", globals, batch.globalNegatives().count(), POST_HASHES);
      writer.commit();
    }
  }

  /** Writes {@code batch} for the peer. */
  public void write(Path file, RankerBatch batch) {
    int slots = config.sequence().candidateSeqLen();
    CandidateBatch candidates = batch.candidates();
    try (NpzWriter writer = NpzWriter.create(file)) {
      writeHistories(writer);
      writer.write("candidate_rows", candidates.posts().rows(), users, slots, POST_HASHES);
      writer.write("candidate_surface", candidates.surfaces(), users, slots);
      writer.write("candidate_age", candidates.ageBuckets(), users, slots);
      writer.write("targets", batch.targets(), users, slots, config.actions().numActions());
      writer.write("negative_sample", batch.negativeSample(), users, slots);
      writer.commit();
    }
  }

  private void writeHistories(NpzWriter writer) {
    int s = config.sequence().historySeqLen();
    int actions = config.actions().numActions();
    int[] rows = new int[users * s * POST_HASHES];
    float[] padded = new float[users * s * actions];
    int[] surfaces = new int[users * s];
    float[] dwell = new float[users * s];
    for (int user = 0; user < users; user++) {
      int from = offsets[user];
      int count = histories.length(user);
      int to = user * s;
      System.arraycopy(
          histories.posts().rows(),
          from * POST_HASHES,
          rows,
          to * POST_HASHES,
          count * POST_HASHES);
      System.arraycopy(histories.actions(), from * actions, padded, to * actions, count * actions);
      System.arraycopy(histories.surfaces(), from, surfaces, to, count);
      System.arraycopy(histories.dwellSeconds(), from, dwell, to, count);
    }
    writer.write("user_rows", histories.userRows(), users, 2);
    writer.write("history_rows", rows, users, s, POST_HASHES);
    writer.write("history_actions", padded, users, s, actions);
    writer.write("history_surface", surfaces, users, s);
    writer.write("history_dwell", dwell, users, s);
  }
}
