package dev.phoenix.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The dimensions and options of a model, as its {@code config.json} gives them
 * (docs/model.md#1-checkpoint-files). Each component is named after its key. Values are checked
 * when the file is read.
 *
 * @param embSize D, width of an embedding row and of the transformer
 * @param historySeqLen S, history positions
 * @param candidateSeqLen C, candidate positions
 * @param numUserHashes hashes, and so embedding rows, of a user, U
 * @param numItemHashes hashes of a post, I
 * @param numAuthorHashes hashes of an author, W
 * @param productSurfaceVocabSize rows of the product surface table
 * @param keySize K, width of an attention head, even
 * @param numQHeads H, query heads
 * @param numKvHeads G, key/value heads; divides H
 * @param numLayers L, decoder layers
 * @param numActions A, discrete actions
 * @param vocabulary rows of the embedding tables; empty for models whose input is embeddings
 * @param hashes hash constants; empty for models whose input is hashes
 * @param postAgeGranularityMins g, minutes in a post age bucket
 * @param wideningFactor width of the feed-forward layer before its two-thirds rule
 * @param attnOutputMultiplier factor of the attention logits
 * @param rightAnchoredRope whether positions count back from the end of the history
 * @param numIpHashes rows of IP hashes added to the user token
 * @param normScale seconds at which dwell time is clipped
 * @param useLog whether dwell time is scaled logarithmically
 * @param enableLinearProj whether retrieval has a candidate tower; otherwise a candidate is the
 *     mean of its rows
 * @param userPooling how the user tower's outputs become one vector
 * @param topK posts to retrieve
 * @param historyEnd which S events of a longer history are read
 * @param numContinuousActions continuous outputs of the ranker, and continuous values of a history
 *     position
 * @param continuousHiddenDim width of the hidden layer of the dwell time features
 * @param trained outputs that the ranker's training data had labels for; empty where unknown
 * @param retrievalWeight weight of the retrieval score in the ranker's feeds, as training chose it;
 *     0 where it chose none
 */
public record ModelConfig(
    int embSize,
    int historySeqLen,
    int candidateSeqLen,
    int numUserHashes,
    int numItemHashes,
    int numAuthorHashes,
    int productSurfaceVocabSize,
    int keySize,
    int numQHeads,
    int numKvHeads,
    int numLayers,
    int numActions,
    Optional<Vocabulary> vocabulary,
    Optional<HashConfig> hashes,
    int postAgeGranularityMins,
    double wideningFactor,
    double attnOutputMultiplier,
    boolean rightAnchoredRope,
    int numIpHashes,
    double normScale,
    boolean useLog,
    boolean enableLinearProj,
    UserPooling userPooling,
    int topK,
    HistoryEnd historyEnd,
    int numContinuousActions,
    int continuousHiddenDim,
    Optional<TrainedOutputs> trained,
    double retrievalWeight) {

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
    return config.with(historyEnd.orElse(config.historyEnd), config.retrievalWeight);
  }

  /** This configuration with another weight of the retrieval score. */
  public ModelConfig withRetrievalWeight(double weight) {
    return with(historyEnd, weight);
  }

  private ModelConfig with(HistoryEnd end, double weight) {
    return new ModelConfig(
        embSize,
        historySeqLen,
        candidateSeqLen,
        numUserHashes,
        numItemHashes,
        numAuthorHashes,
        productSurfaceVocabSize,
        keySize,
        numQHeads,
        numKvHeads,
        numLayers,
        numActions,
        vocabulary,
        hashes,
        postAgeGranularityMins,
        wideningFactor,
        attnOutputMultiplier,
        rightAnchoredRope,
        numIpHashes,
        normScale,
        useLog,
        enableLinearProj,
        userPooling,
        topK,
        end,
        numContinuousActions,
        continuousHiddenDim,
        trained,
        weight);
  }

  /** T = 1 + S + C, positions of a sequence: user, history, candidates. */
  public int sequenceLength() {
    return 1 + historySeqLen + candidateSeqLen;
  }

  /** F, width of the feed-forward layer: two thirds of the widened D, up to a multiple of 8. */
  public int ffnSize() {
    long widened = (long) (wideningFactor * embSize);
    long size = widened * 2 / 3;
    return Math.toIntExact(size + Math.floorMod(8 - size, 8));
  }

  /**
   * V, rows of the post age table, including bucket 0 for no age and the last for more than 4800
   * minutes.
   */
  public int postAgeBuckets() {
    return MAX_POST_AGE_MINUTES / postAgeGranularityMins + 2;
  }
}
