package dev.phoenix.feature;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch of requests whose embeddings are already looked up, as one npz holds it: the arrays of
 * the reference's RecsysBatch and RecsysEmbeddings under their own names, batch first. Source:
 * docs/model.md#3-features.
 *
 * <p>Required: {@code user_hashes} [B, U], {@code user_embeddings} [B, U, D], {@code
 * history_post_hashes} [B, S, I], {@code history_{post,author}_embeddings} [B, S, I or W, D],
 * {@code history_actions} [B, S, A], {@code history_product_surface} [B, S], {@code
 * candidate_post_hashes} [B, C, I], {@code candidate_{post,author}_embeddings} [B, C, I or W, D]
 * and, for a ranker, {@code candidate_product_surface} [B, C]. Optional: {@code
 * history_continuous_actions} [B, S, continuous], {@code candidate_impr_ts} and {@code
 * candidate_post_creation_ts} [B, C] in seconds, {@code user_ip_embeddings} [B, IP, D] where the
 * model has IP hashes. S and C are those of the file: S may be smaller than the model's, and
 * candidates stand at positions 1 + S on (docs/model.md#4-transformer).
 *
 * <p>Hashes, surfaces and times may be integers of any width; actions, embeddings and continuous
 * actions numbers of any type, truth values included.
 */
public final class LookedUpInputs {
  /** The index of dwell time among the continuous actions. */
  private static final int DWELL = 1;

  private static final System.Logger LOGGER = System.getLogger(LookedUpInputs.class.getName());

  private final ModelConfig config;
  private final int requests;
  private final int historyLength;
  private final int candidates;
  private final Positions positions;
  private final boolean[] hasUser;
  private final float[] users;
  private final float @Nullable [] userIps;
  private final boolean[] historyPost;
  private final float[] historyPosts;
  private final float[] historyAuthors;
  private final float[] actions;
  private final int[] surfaces;
  private final float @Nullable [] continuous;
  private final boolean[] candidatePost;
  private final float[] candidatePosts;
  private final float[] candidateAuthors;
  private final int @Nullable [] candidateSurfaces;
  private final long @Nullable [] shown;
  private final long @Nullable [] created;

  private LookedUpInputs(NpzEntries source, ModelConfig config) {
    this.config = config;
    int u = config.hashCounts().user();
    int i = config.hashCounts().item();
    int w = config.hashCounts().author();
    int d = config.embSize();
    this.requests = source.dimension("user_hashes", 0);
    this.historyLength = source.dimension("history_post_hashes", 1);
    this.candidates = source.dimension("candidate_post_hashes", 1);
    if (historyLength > config.sequence().historySeqLen()) {
      throw source.error(
          "history_post_hashes",
          "at most S = " + config.sequence().historySeqLen(),
          "" + historyLength);
    }
    this.positions = positions();
    int b = requests;
    int s = historyLength;
    int c = candidates;
    this.hasUser = source.valid("user_hashes", b, u);
    this.users = source.floats("user_embeddings", b, u, d);
    this.userIps = userIps(source);
    this.historyPost = source.valid("history_post_hashes", b, s, i);
    this.historyPosts = source.floats("history_post_embeddings", b, s, i, d);
    this.historyAuthors = source.floats("history_author_embeddings", b, s, w, d);
    this.actions = source.floats("history_actions", b, s, config.actions().numActions());
    this.surfaces = source.surfaces("history_product_surface", b, s);
    this.continuous =
        source.optionalFloats(
            "history_continuous_actions", b, s, config.actions().numContinuousActions());
    this.candidatePost = source.valid("candidate_post_hashes", b, c, i);
    this.candidatePosts = source.floats("candidate_post_embeddings", b, c, i, d);
    this.candidateAuthors = source.floats("candidate_author_embeddings", b, c, w, d);
    this.candidateSurfaces =
        source.has("candidate_product_surface")
            ? source.surfaces("candidate_product_surface", b, c)
            : null;
    this.shown = source.optionalLongs("candidate_impr_ts", b, c);
    this.created = source.optionalLongs("candidate_post_creation_ts", b, c);
  }

  /**
   * Right-anchored positions end at the model's S, others at that of the batch
   * (docs/model.md#4-transformer).
   */
  private Positions positions() {
    int end =
        config.sequence().rightAnchoredRope() ? config.sequence().historySeqLen() : historyLength;
    return new Positions(end, Math.max(candidates, 1), config.sequence().rightAnchoredRope());
  }

  /** Without rows of IP hashes their term is absent, which is said: scores depend on it. */
  private float @Nullable [] userIps(NpzEntries source) {
    if (config.hashCounts().ip() == 0) {
      return null;
    }
    if (!source.has("user_ip_embeddings")) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "{0}: no entry ''user_ip_embeddings''; the user token is built without the model''s {1}"
              + " IP hashes",
          source.path(),
          config.hashCounts().ip());
      return null;
    }
    return source.floats(
        "user_ip_embeddings", requests, config.hashCounts().ip(), config.embSize());
  }

  /**
   * Reads a batch; every shape is checked against {@code config} and against each other.
   *
   * @throws CheckpointException naming file, entry, what was expected and what was found
   */
  public static LookedUpInputs read(Path npz, ModelConfig config) {
    try (NpzFile file = NpzFile.open(npz)) {
      return new LookedUpInputs(new NpzEntries(npz, file), config);
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
      return hasUser[request];
    }

    @Override
    public void copyUser(float[] to, int at) {
      copyRows(users, request, config.hashCounts().user(), to, at);
    }

    @Override
    public void copyUserIp(float[] to, int at) {
      float[] ips = userIps;
      int d = config.embSize();
      Arrays.fill(to, at, at + d, 0f);
      for (int j = 0; ips != null && j < config.hashCounts().ip(); j++) {
        for (int k = 0; k < d; k++) {
          to[at + k] += ips[(request * config.hashCounts().ip() + j) * d + k];
        }
      }
    }

    @Override
    public int length() {
      return historyLength;
    }

    @Override
    public boolean isPost(int i) {
      return historyPost[at(i)];
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      int items = config.hashCounts().item();
      copyRows(historyPosts, at(i), items, to, at);
      copyRows(
          historyAuthors, at(i), config.hashCounts().author(), to, at + items * config.embSize());
    }

    @Override
    public float action(int i, int action) {
      return actions[at(i) * config.actions().numActions() + action];
    }

    @Override
    public int surface(int i) {
      return surfaces[at(i)];
    }

    @Override
    public float dwellSeconds(int i) {
      int values = config.actions().numContinuousActions();
      return continuous == null || values <= DWELL ? 0 : continuous[at(i) * values + DWELL];
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
    public Positions positions(Positions model) {
      return positions;
    }

    @Override
    public int count() {
      return candidates;
    }

    @Override
    public boolean isPost(int i) {
      return candidatePost[at(i)];
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      int items = config.hashCounts().item();
      copyRows(candidatePosts, at(i), items, to, at);
      copyRows(
          candidateAuthors, at(i), config.hashCounts().author(), to, at + items * config.embSize());
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
      return PostAge.bucket(
          shown[at(i)], created[at(i)], config.features().postAgeGranularityMins());
    }
  }

  /** Copies the {@code rows} consecutive embedding rows of entry {@code entry}. */
  private void copyRows(float[] from, int entry, int rows, float[] to, int at) {
    int length = rows * config.embSize();
    System.arraycopy(from, entry * length, to, at, length);
  }
}
