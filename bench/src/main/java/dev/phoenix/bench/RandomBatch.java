package dev.phoenix.bench;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A batch of full requests with random looked-up embeddings. This product and its peers use the
 * same arrays.
 *
 * @param config the model's dimensions
 * @param requests B
 * @param candidates C' per request, any number
 * @param users [B, U, D]
 * @param historyPosts [B, S, I, D]
 * @param historyAuthors [B, S, W, D]
 * @param actions [B, S, A], 0 or 1
 * @param historySurfaces [B, S]
 * @param candidatePosts [B, C', I, D]
 * @param candidateAuthors [B, C', W, D]
 * @param candidateSurfaces [B, C']
 */
record RandomBatch(
    ModelConfig config,
    int requests,
    int candidates,
    float[] users,
    float[] historyPosts,
    float[] historyAuthors,
    float[] actions,
    long[] historySurfaces,
    float[] candidatePosts,
    float[] candidateAuthors,
    long[] candidateSurfaces) {

  /** The share of actions that are set. */
  private static final double ACTED = 0.3;

  /** The number of requests and of candidates in each. */
  record Size(int requests, int candidates) {}

  static RandomBatch create(ModelConfig config, Size size, long seed) {
    Random random = new Random(seed);
    int d = config.embSize();
    int history = size.requests() * config.sequence().historySeqLen();
    int candidates = size.requests() * size.candidates();
    int surfaces = config.features().productSurfaceVocabSize();
    return new RandomBatch(
        config,
        size.requests(),
        size.candidates(),
        gaussians(random, size.requests() * config.hashCounts().user() * d),
        gaussians(random, history * config.hashCounts().item() * d),
        gaussians(random, history * config.hashCounts().author() * d),
        flags(random, history * config.actions().numActions()),
        random.longs(history, 0, surfaces).toArray(),
        gaussians(random, candidates * config.hashCounts().item() * d),
        gaussians(random, candidates * config.hashCounts().author() * d),
        random.longs(candidates, 0, surfaces).toArray());
  }

  private static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] flags(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextDouble() < ACTED ? 1 : 0;
    }
    return values;
  }

  /** The histories in the form that the ranker takes. */
  List<HistoryFeatures> histories() {
    return IntStream.range(0, requests).<HistoryFeatures>mapToObj(History::new).toList();
  }

  /** The candidates in the form that the ranker takes. */
  List<CandidateFeatures> candidateLists() {
    return IntStream.range(0, requests).<CandidateFeatures>mapToObj(Candidates::new).toList();
  }

  private void copyRows(Rows rows, int position, float[] to, int at) {
    int posts = config.hashCounts().item() * config.embSize();
    int authors = config.hashCounts().author() * config.embSize();
    System.arraycopy(rows.posts(), position * posts, to, at, posts);
    System.arraycopy(rows.authors(), position * authors, to, at + posts, authors);
  }

  private record Rows(float[] posts, float[] authors) {}

  private final class History implements HistoryFeatures {
    private final int request;
    private final Rows rows = new Rows(historyPosts, historyAuthors);

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
      int columns = config.hashCounts().user() * config.embSize();
      System.arraycopy(users, request * columns, to, at, columns);
    }

    @Override
    public void copyUserIp(float[] to, int at) {
      throw new UnsupportedOperationException("random batches have no IP rows");
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
      copyRows(rows, at(i), to, at);
    }

    @Override
    public float action(int i, int action) {
      return actions[at(i) * config.actions().numActions() + action];
    }

    @Override
    public int surface(int i) {
      return (int) historySurfaces[at(i)];
    }

    @Override
    public float dwellSeconds(int i) {
      return 0;
    }
  }

  private final class Candidates implements CandidateFeatures {
    private final int request;
    private final Rows rows = new Rows(candidatePosts, candidateAuthors);

    Candidates(int request) {
      this.request = request;
    }

    @Override
    public int count() {
      return candidates;
    }

    @Override
    public boolean isPost(int i) {
      return true;
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      copyRows(rows, request * candidates + i, to, at);
    }

    @Override
    public int surface(int i) {
      return (int) candidateSurfaces[request * candidates + i];
    }

    @Override
    public int ageBucket(int i) {
      return 0;
    }
  }
}
