package dev.phoenix.feature;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpyArray;
import dev.phoenix.checkpoint.NpzFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch of requests whose embeddings are already looked up, as one npz holds it: the arrays of
 * the reference's RecsysBatch and RecsysEmbeddings under their own names, batch first. Source: SPEC
 * section 3.
 *
 * <p>Required: {@code user_hashes} [B, U], {@code user_embeddings} [B, U, D], {@code
 * history_post_hashes} [B, S, I], {@code history_{post,author}_embeddings} [B, S, I or W, D],
 * {@code history_actions} [B, S, A], {@code history_product_surface} [B, S], {@code
 * candidate_post_hashes} [B, C, I], {@code candidate_{post,author}_embeddings} [B, C, I or W, D]
 * and, for a ranker, {@code candidate_product_surface} [B, C]. Optional: {@code
 * history_continuous_actions} [B, S, 8], {@code candidate_impr_ts} and {@code
 * candidate_post_creation_ts} [B, C] in seconds. {@code user_ip_embeddings} [B, IP, D] where the
 * model has IP hashes.
 */
public final class LookedUpInputs {
  /** The index of dwell time among the continuous actions. */
  private static final int DWELL = 1;

  private static final int CONTINUOUS = 8;

  private final ModelConfig config;
  private final int requests;
  private final int historyLength;
  private final int candidates;
  private final int[] userHashes;
  private final float[] users;
  private final float @Nullable [] userIps;
  private final int[] historyHashes;
  private final float[] historyPosts;
  private final float[] historyAuthors;
  private final float[] actions;
  private final int[] surfaces;
  private final float @Nullable [] continuous;
  private final int[] candidateHashes;
  private final float[] candidatePosts;
  private final float[] candidateAuthors;
  private final int @Nullable [] candidateSurfaces;
  private final int @Nullable [] shown;
  private final int @Nullable [] created;

  private LookedUpInputs(Source source, ModelConfig config) {
    this.config = config;
    int u = config.numUserHashes();
    int i = config.numItemHashes();
    int w = config.numAuthorHashes();
    int d = config.embSize();
    this.requests = source.dimension("user_hashes", 0);
    this.historyLength = source.dimension("history_post_hashes", 1);
    this.candidates = source.dimension("candidate_post_hashes", 1);
    if (historyLength > config.historySeqLen()) {
      throw source.error(
          "history_post_hashes", "at most S = " + config.historySeqLen(), "" + historyLength);
    }
    int b = requests;
    int s = historyLength;
    int c = candidates;
    this.userHashes = source.ints("user_hashes", b, u);
    this.users = source.floats("user_embeddings", b, u, d);
    this.userIps =
        config.numIpHashes() > 0
            ? source.floats("user_ip_embeddings", b, config.numIpHashes(), d)
            : null;
    this.historyHashes = source.ints("history_post_hashes", b, s, i);
    this.historyPosts = source.floats("history_post_embeddings", b, s, i, d);
    this.historyAuthors = source.floats("history_author_embeddings", b, s, w, d);
    this.actions = source.floats("history_actions", b, s, config.numActions());
    this.surfaces = source.surfaces("history_product_surface", config, b, s);
    this.continuous = source.optionalFloats("history_continuous_actions", b, s, CONTINUOUS);
    this.candidateHashes = source.ints("candidate_post_hashes", b, c, i);
    this.candidatePosts = source.floats("candidate_post_embeddings", b, c, i, d);
    this.candidateAuthors = source.floats("candidate_author_embeddings", b, c, w, d);
    this.candidateSurfaces =
        source.has("candidate_product_surface")
            ? source.surfaces("candidate_product_surface", config, b, c)
            : null;
    this.shown = source.optionalInts("candidate_impr_ts", b, c);
    this.created = source.optionalInts("candidate_post_creation_ts", b, c);
  }

  /**
   * Reads a batch; every shape is checked against {@code config} and against each other.
   *
   * @throws CheckpointException naming file, entry, what was expected and what was found
   */
  public static LookedUpInputs read(Path npz, ModelConfig config) {
    try (NpzFile file = NpzFile.open(npz)) {
      return new LookedUpInputs(new Source(npz, file), config);
    }
  }

  /** Typed, shape-checked access to the entries of one file. */
  private record Source(Path path, NpzFile file) {
    CheckpointException error(String entry, String expected, String found) {
      return new CheckpointException(
          "%s, entry '%s': expected %s, found %s".formatted(path, entry, expected, found));
    }

    boolean has(String name) {
      return file.contains(name);
    }

    int dimension(String name, int axis) {
      long[] shape = file.get(name).shape();
      if (shape.length <= axis || shape[axis] > Integer.MAX_VALUE) {
        throw error(name, "more than " + axis + " axes", Arrays.toString(shape));
      }
      return (int) shape[axis];
    }

    private NpyArray array(String name, int... shape) {
      NpyArray array = file.get(name);
      long[] expected = IntStream.of(shape).asLongStream().toArray();
      if (!Arrays.equals(array.shape(), expected)) {
        throw error(name, Arrays.toString(expected), Arrays.toString(array.shape()));
      }
      return array;
    }

    float[] floats(String name, int... shape) {
      return array(name, shape).toFloats();
    }

    int[] ints(String name, int... shape) {
      return array(name, shape).toInts();
    }

    float @Nullable [] optionalFloats(String name, int... shape) {
      return has(name) ? floats(name, shape) : null;
    }

    int @Nullable [] optionalInts(String name, int... shape) {
      return has(name) ? ints(name, shape) : null;
    }

    int[] surfaces(String name, ModelConfig config, int... shape) {
      int[] values = ints(name, shape);
      for (int i = 0; i < values.length; i++) {
        if (values[i] < 0 || values[i] >= config.productSurfaceVocabSize()) {
          throw error(
              name,
              "product surfaces 0.." + (config.productSurfaceVocabSize() - 1),
              values[i] + " at index " + i);
        }
      }
      return values;
    }
  }

  /** B. */
  public int requests() {
    return requests;
  }

  /** C as found in the file. */
  public int candidatesPerRequest() {
    return candidates;
  }

  /** The history of every request. */
  public List<HistoryFeatures> histories() {
    return IntStream.range(0, requests).<HistoryFeatures>mapToObj(LookedUpHistory::new).toList();
  }

  /** The candidates of every request. */
  public List<CandidateFeatures> candidates() {
    return IntStream.range(0, requests)
        .<CandidateFeatures>mapToObj(LookedUpCandidates::new)
        .toList();
  }

  private final class LookedUpHistory implements HistoryFeatures {
    private final int request;

    LookedUpHistory(int request) {
      this.request = request;
    }

    private int at(int i) {
      return request * historyLength + i;
    }

    @Override
    public boolean hasUser() {
      return userHashes[request * config.numUserHashes()] != 0;
    }

    @Override
    public void copyUser(float[] to, int at) {
      copyRows(users, request, config.numUserHashes(), to, at);
    }

    @Override
    public void copyUserIp(float[] to, int at) {
      float[] ips = userIps;
      if (ips == null) {
        throw new IllegalStateException("the model has no IP hashes");
      }
      int d = config.embSize();
      Arrays.fill(to, at, at + d, 0f);
      for (int j = 0; j < config.numIpHashes(); j++) {
        for (int k = 0; k < d; k++) {
          to[at + k] += ips[(request * config.numIpHashes() + j) * d + k];
        }
      }
    }

    @Override
    public int length() {
      return historyLength;
    }

    @Override
    public boolean isPost(int i) {
      return historyHashes[at(i) * config.numItemHashes()] != 0;
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      int items = config.numItemHashes();
      copyRows(historyPosts, at(i), items, to, at);
      copyRows(historyAuthors, at(i), config.numAuthorHashes(), to, at + items * config.embSize());
    }

    @Override
    public float action(int i, int action) {
      return actions[at(i) * config.numActions() + action];
    }

    @Override
    public int surface(int i) {
      return surfaces[at(i)];
    }

    @Override
    public float dwellSeconds(int i) {
      return continuous == null ? 0 : continuous[at(i) * CONTINUOUS + DWELL];
    }
  }

  private final class LookedUpCandidates implements CandidateFeatures {
    private final int request;

    LookedUpCandidates(int request) {
      this.request = request;
    }

    private int at(int i) {
      return request * candidates + i;
    }

    @Override
    public int count() {
      return candidates;
    }

    @Override
    public boolean isPost(int i) {
      return candidateHashes[at(i) * config.numItemHashes()] != 0;
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      int items = config.numItemHashes();
      copyRows(candidatePosts, at(i), items, to, at);
      copyRows(
          candidateAuthors, at(i), config.numAuthorHashes(), to, at + items * config.embSize());
    }

    @Override
    public int surface(int i) {
      return candidateSurfaces == null ? 0 : candidateSurfaces[at(i)];
    }

    @Override
    public int ageBucket(int i) {
      if (shown == null || created == null) {
        return 0;
      }
      return PostAge.bucket(shown[at(i)], created[at(i)], config.postAgeGranularityMins());
    }
  }

  /** Copies the {@code rows} consecutive embedding rows of entry {@code entry}. */
  private void copyRows(float[] from, int entry, int rows, float[] to, int at) {
    int length = rows * config.embSize();
    System.arraycopy(from, entry * length, to, at, length);
  }
}
