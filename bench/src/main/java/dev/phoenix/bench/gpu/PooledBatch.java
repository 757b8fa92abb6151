package dev.phoenix.bench.gpu;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.EmbeddingTablesWriter;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.checkpoint.Vocabulary;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Full requests that give their embeddings as row numbers of small tables, as when serving. A
 * backend that holds the tables gathers rows by number.
 */
final class PooledBatch {
  /** Rows of the table. */
  static final int POOL = 4096;

  /** Seed of the table's values. */
  static final int POOL_SEED = 77;

  private static final double ACTED = 0.3;

  private final ModelConfig config;
  private final Size size;
  private final EmbeddingTables tables;
  private final int[] users;
  private final int[] historyPosts;
  private final int[] historyAuthors;
  private final int[] candidatePosts;
  private final int[] candidateAuthors;
  private final int[] historySurfaces;
  private final int[] candidateSurfaces;
  private final boolean[] actions;

  /** The number of requests and of candidates in each. */
  record Size(int requests, int candidates) {}

  private PooledBatch(
      ModelConfig config, EmbeddingTables tables, Size size, SplittableRandom random) {
    this.config = config;
    this.size = size;
    this.tables = tables;
    int history = size.requests() * config.sequence().historySeqLen();
    int candidates = size.requests() * size.candidates();
    int surfaces = config.features().productSurfaceVocabSize();
    this.users = integers(random, size.requests() * config.hashCounts().user(), POOL);
    this.historyPosts = integers(random, history * config.hashCounts().item(), POOL);
    this.historyAuthors = integers(random, history * config.hashCounts().author(), POOL);
    this.candidatePosts = integers(random, candidates * config.hashCounts().item(), POOL);
    this.candidateAuthors = integers(random, candidates * config.hashCounts().author(), POOL);
    this.historySurfaces = integers(random, history, surfaces);
    this.candidateSurfaces = integers(random, candidates, surfaces);
    this.actions = new boolean[history * config.actions().numActions()];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = random.nextDouble() < ACTED;
    }
  }

  /**
   * Creates a batch.
   *
   * @param tables the tables of {@link #writeTables}
   */
  static PooledBatch create(ModelConfig config, EmbeddingTables tables, Size size) {
    return new PooledBatch(config, tables, size, new SplittableRandom(1));
  }

  /**
   * Writes tables of users, items and authors to a folder; each has the same {@link #POOL} rows.
   */
  static EmbeddingTables writeTables(ModelConfig config, Path folder) {
    Path file = folder.resolve("tables.npz");
    int d = config.embSize();
    float[] pool = table(config).array(0, POOL * d);
    EmbeddingTablesWriter.write(
        file,
        new Vocabulary(POOL, POOL, POOL),
        d,
        (from, count, to) -> {
          for (int i = 0; i < count; i++) {
            int row = (from + i - Vocabulary.RESERVED_ROWS) % POOL;
            System.arraycopy(pool, row * d, to, i * d, d);
          }
        });
    return EmbeddingTables.open(file, config);
  }

  /** The table's values [POOL, D], with about the deviation of a trained model's. */
  static HashedValues table(ModelConfig config) {
    return HashedValues.of(POOL_SEED, 1);
  }

  private static int[] integers(SplittableRandom random, int count, int bound) {
    return random.ints(count, 0, bound).toArray();
  }

  /** The first {@code requests} histories. */
  List<HistoryFeatures> histories(int requests) {
    return IntStream.range(0, requests).<HistoryFeatures>mapToObj(History::new).toList();
  }

  /** The candidates of the first {@code requests}. */
  List<CandidateFeatures> candidates(int requests) {
    return IntStream.range(0, requests).<CandidateFeatures>mapToObj(Candidates::new).toList();
  }

  Size size() {
    return size;
  }

  /** Writes the row numbers and flags for peers. */
  void write(Path npz) {
    int b = size.requests();
    int s = config.sequence().historySeqLen();
    int c = size.candidates();
    try (NpzWriter writer = NpzWriter.create(npz)) {
      writer.write("users", users, b, config.hashCounts().user());
      writer.write("history_posts", historyPosts, b, s, config.hashCounts().item());
      writer.write("history_authors", historyAuthors, b, s, config.hashCounts().author());
      writer.write("history_surfaces", historySurfaces, b, s);
      writer.write("actions", actions, b, s, config.actions().numActions());
      writer.write("candidate_posts", candidatePosts, b, c, config.hashCounts().item());
      writer.write("candidate_authors", candidateAuthors, b, c, config.hashCounts().author());
      writer.write("candidate_surfaces", candidateSurfaces, b, c);
      writer.commit();
    }
  }

  /** Copies the rows of one post one after the other. */
  private void copyPost(IntToLongFunction row, float[] to, int at) {
    int d = config.embSize();
    for (int hash = 0; hash < config.hashCounts().item() + config.hashCounts().author(); hash++) {
      tables.copyRow(row.applyAsLong(hash), to, at + hash * d);
    }
  }

  private long postRow(int[] posts, int[] authors, int entry, int hash) {
    int items = config.hashCounts().item();
    return hash < items
        ? tables.vocabulary().itemStart() + posts[entry * items + hash]
        : tables.vocabulary().authorStart()
            + authors[entry * config.hashCounts().author() + hash - items];
  }

  private final class History implements HistoryFeatures {
    private final int request;

    History(int request) {
      this.request = request;
    }

    private int at(int i) {
      return request * config.sequence().historySeqLen() + i;
    }

    @Override
    public boolean hasUser() {
      return true;
    }

    @Override
    public void copyUser(float[] to, int at) {
      for (int hash = 0; hash < config.hashCounts().user(); hash++) {
        tables.copyRow(userRow(hash), to, at + hash * config.embSize());
      }
    }

    @Override
    public EmbeddingTables tables() {
      return tables;
    }

    @Override
    public long userRow(int hash) {
      return tables.vocabulary().userStart() + users[request * config.hashCounts().user() + hash];
    }

    @Override
    public long postRow(int i, int hash) {
      return PooledBatch.this.postRow(historyPosts, historyAuthors, at(i), hash);
    }

    @Override
    public void copyUserIp(float[] to, int at) {
      Arrays.fill(to, at, at + config.embSize(), 0f);
    }

    @Override
    public int length() {
      return config.sequence().historySeqLen();
    }

    @Override
    public boolean isPost(int i) {
      return true;
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      PooledBatch.this.copyPost(hash -> postRow(i, hash), to, at);
    }

    @Override
    public float action(int i, int action) {
      return actions[at(i) * config.actions().numActions() + action] ? 1 : 0;
    }

    @Override
    public int surface(int i) {
      return historySurfaces[at(i)];
    }

    @Override
    public float dwellSeconds(int i) {
      return 0;
    }
  }

  private final class Candidates implements CandidateFeatures {
    private final int request;

    Candidates(int request) {
      this.request = request;
    }

    private int at(int i) {
      return request * size.candidates() + i;
    }

    @Override
    public int count() {
      return size.candidates();
    }

    @Override
    public boolean isPost(int i) {
      return true;
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      PooledBatch.this.copyPost(hash -> postRow(i, hash), to, at);
    }

    @Override
    public EmbeddingTables tables() {
      return tables;
    }

    @Override
    public long postRow(int i, int hash) {
      return PooledBatch.this.postRow(candidatePosts, candidateAuthors, at(i), hash);
    }

    @Override
    public int surface(int i) {
      return candidateSurfaces[at(i)];
    }

    @Override
    public int ageBucket(int i) {
      return 0;
    }
  }
}
