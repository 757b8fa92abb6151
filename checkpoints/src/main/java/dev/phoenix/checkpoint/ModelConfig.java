package dev.phoenix.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The dimensions and options of a model, as its {@code config.json} gives them
 * (docs/model.md#1-checkpoint-files), in parts by subject. The file has all keys on one level.
 * Values are checked when the file is read.
 *
 * @param transformer sizes of the transformer and its input
 * @param hashing embedding rows of ids
 * @param features options of the input features
 * @param actions actions and continuous values
 * @param retrieval options of retrieval
 */
public record ModelConfig(
    Transformer transformer,
    Hashing hashing,
    Features features,
    Actions actions,
    Retrieval retrieval) {

  private static final long MAX_FILE_BYTES = 1 << 20;

  /**
   * Post age in minutes beyond which all posts share the last bucket (docs/model.md#3-features).
   */
  private static final int MAX_POST_AGE_MINUTES = 4800;

  /**
   * Reads a {@code config.json}; unknown keys are logged and ignored.
   *
   * @throws CheckpointException naming file, key, what was expected and what was found
   */
  public static ModelConfig read(Path file) {
    return ConfigReader.read(JsonPlace.read(file, MAX_FILE_BYTES));
  }

  /** Reads a configuration from text; {@code source} is the file's name in errors. */
  public static ModelConfig parse(String json, String source) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ConfigReader.read(JsonPlace.parse(bytes, new Place(source, null)));
  }

  /**
   * Reads a {@code config.json} as {@link #read(Path)} does.
   *
   * @param historyEnd overrides the file's {@code history_end}; empty to use the file's
   */
  public static ModelConfig read(Path file, Optional<HistoryEnd> historyEnd) {
    ModelConfig config = read(file);
    return historyEnd.map(config::withHistoryEnd).orElse(config);
  }

  /** This configuration with another end of longer histories. */
  public ModelConfig withHistoryEnd(HistoryEnd end) {
    Transformer changed = transformer.withSequence(transformer.sequence.withHistoryEnd(end));
    return new ModelConfig(changed, hashing, features, actions, retrieval);
  }

  /** This configuration with another weight of the retrieval score. */
  public ModelConfig withRetrievalWeight(double weight) {
    Retrieval changed = retrieval.withWeight(weight);
    return new ModelConfig(transformer, hashing, features, actions, changed);
  }

  /** D, width of an embedding row and of the transformer. */
  public int embSize() {
    return transformer.embSize;
  }

  /** The positions of the transformer's input. */
  public Sequence sequence() {
    return transformer.sequence;
  }

  /** The sizes of the transformer's attention. */
  public Attention attention() {
    return transformer.attention;
  }

  /** How many hashes, and so embedding rows, an id has. */
  public HashCounts hashCounts() {
    return hashing.counts;
  }

  /** The rows of the embedding tables; empty for models whose input is embeddings. */
  public Optional<Vocabulary> vocabulary() {
    return hashing.vocabulary;
  }

  /**
   * Sizes of the transformer.
   *
   * @param embSize D, width of an embedding row and of the transformer
   * @param sequence the positions of its input
   * @param numLayers L, decoder layers
   * @param attention the sizes of a layer's attention
   * @param wideningFactor width of the feed-forward layer before its two-thirds rule
   */
  public record Transformer(
      int embSize, Sequence sequence, int numLayers, Attention attention, double wideningFactor) {

    /** F, width of the feed-forward layer: two thirds of the widened D, up to a multiple of 8. */
    public int ffnSize() {
      long widened = (long) (wideningFactor * embSize);
      long size = widened * 2 / 3;
      return Math.toIntExact(size + Math.floorMod(8 - size, 8));
    }

    private Transformer withSequence(Sequence other) {
      return new Transformer(embSize, other, numLayers, attention, wideningFactor);
    }
  }

  /**
   * Positions of the transformer's input: the user, the history, the candidates.
   *
   * @param historySeqLen S, history positions
   * @param candidateSeqLen C, candidate positions
   * @param historyEnd which S events of a longer history are read
   * @param rightAnchoredRope whether positions count back from the end of the history
   */
  public record Sequence(
      int historySeqLen, int candidateSeqLen, HistoryEnd historyEnd, boolean rightAnchoredRope) {

    /** T = 1 + S + C, positions of a sequence: user, history, candidates. */
    public int length() {
      return 1 + historySeqLen + candidateSeqLen;
    }

    private Sequence withHistoryEnd(HistoryEnd end) {
      return new Sequence(historySeqLen, candidateSeqLen, end, rightAnchoredRope);
    }
  }

  /**
   * Sizes of a layer's attention.
   *
   * @param keySize K, width of an attention head, even
   * @param numQHeads H, query heads
   * @param numKvHeads G, key/value heads; divides H
   * @param attnOutputMultiplier factor of the attention logits
   */
  public record Attention(
      int keySize, int numQHeads, int numKvHeads, double attnOutputMultiplier) {}

  /**
   * How ids become embedding rows.
   *
   * @param counts hashes of an id
   * @param vocabulary rows of the embedding tables; empty for models whose input is embeddings
   * @param constants hash constants; empty for models whose input is hashes
   */
  public record Hashing(
      HashCounts counts, Optional<Vocabulary> vocabulary, Optional<HashConfig> constants) {}

  /**
   * Hashes, and so embedding rows, of an id.
   *
   * @param user U, of a user
   * @param item I, of a post
   * @param author W, of an author
   * @param ip of an IP address, whose rows are added to the user token; 0 for none
   */
  public record HashCounts(int user, int item, int author, int ip) {
    /** I + W, rows of a post and its author. */
    public int post() {
      return item + author;
    }
  }

  /**
   * Options of the input features (docs/model.md#3-features).
   *
   * @param productSurfaceVocabSize rows of the product surface table
   * @param postAgeGranularityMins g, minutes in a post age bucket
   * @param normScale seconds at which dwell time is clipped
   * @param useLog whether dwell time is scaled logarithmically
   * @param continuousHiddenDim width of the hidden layer of the dwell time features
   */
  public record Features(
      int productSurfaceVocabSize,
      int postAgeGranularityMins,
      double normScale,
      boolean useLog,
      int continuousHiddenDim) {

    /**
     * V, rows of the post age table, including bucket 0 for no age and the last for more than 4800
     * minutes.
     */
    public int postAgeBuckets() {
      return MAX_POST_AGE_MINUTES / postAgeGranularityMins + 2;
    }
  }

  /**
   * Actions of users: inputs of the history and outputs of the ranker.
   *
   * @param numActions A, discrete actions
   * @param numContinuousActions continuous outputs of the ranker, and continuous values of a
   *     history position
   * @param trained outputs that the ranker's training data had labels for; empty where unknown
   */
  public record Actions(
      int numActions, int numContinuousActions, Optional<TrainedOutputs> trained) {}

  /**
   * Options of retrieval.
   *
   * @param enableLinearProj whether there is a candidate tower; otherwise a candidate is the mean
   *     of its rows
   * @param userPooling how the user tower's outputs become one vector
   * @param topK posts to retrieve
   * @param retrievalWeight weight of the retrieval score in the ranker's feeds, as training chose
   *     it; 0 where it chose none
   */
  public record Retrieval(
      boolean enableLinearProj, UserPooling userPooling, int topK, double retrievalWeight) {

    private Retrieval withWeight(double weight) {
      return new Retrieval(enableLinearProj, userPooling, topK, weight);
    }
  }
}
