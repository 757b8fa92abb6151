package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The posts that retrieval searches, mapped from a corpus npz (docs/model.md#1-checkpoint-files): N
 * posts with ids, authors, candidate vectors of D floats, and optional topics, attributes and
 * creation times.
 *
 * <p>Reads may run on any thread until {@link #close()}; after it they throw {@link
 * IllegalStateException}.
 */
public final class Corpus implements AutoCloseable {
  static final String POST_IDS = "post_ids";
  static final String AUTHOR_IDS = "author_ids";
  static final String REPRESENTATIONS = "candidate_representations";
  static final String TOPICS = "topics";
  static final String ATTRIBUTES = "attributes";
  static final String CREATED = "created";

  private final NpzFile file;
  private final long size;
  private final int dimension;
  private final MemorySegment postIds;
  private final MemorySegment authorIds;
  private final MemorySegment representations;
  private final @Nullable NpyArray topics;
  private final @Nullable MemorySegment attributes;
  private final @Nullable MemorySegment created;

  private Corpus(NpzFile file) {
    this.file = file;
    NpyArray vectors = file.get(REPRESENTATIONS);
    long[] shape = vectors.shape();
    if (vectors.type() != NpyType.FLOAT32 || vectors.fortranOrder() || shape.length != 2) {
      throw refuse(vectors, "FLOAT32 [posts, dimension] in C order");
    }
    if (shape[1] < 1 || shape[1] > Integer.MAX_VALUE) {
      throw refuse(vectors, "a dimension from 1 to 2^31 - 1");
    }
    this.size = shape[0];
    this.dimension = (int) shape[1];
    this.representations = vectors.data();
    FiniteRows.require(vectors, dimension);
    this.postIds = integers(file.get(POST_IDS)).data();
    this.authorIds = integers(file.get(AUTHOR_IDS)).data();
    this.topics = file.contains(TOPICS) ? topics(file.get(TOPICS)) : null;
    this.attributes = file.contains(ATTRIBUTES) ? integers(file.get(ATTRIBUTES)).data() : null;
    this.created = file.contains(CREATED) ? integers(file.get(CREATED)).data() : null;
  }

  /**
   * Maps a corpus. Unknown entries are logged and ignored. All vectors are read once, in parallel,
   * and checked to be finite.
   *
   * @throws CheckpointException if an array is missing or has a wrong type or length, or a vector
   *     has a NaN or infinite value
   */
  public static Corpus open(Path npz) {
    NpzFile file = NpzFile.open(npz);
    try {
      Corpus corpus = new Corpus(file);
      EmbeddingTables.warnOfOthers(
          file, Set.of(POST_IDS, AUTHOR_IDS, REPRESENTATIONS, TOPICS, ATTRIBUTES, CREATED));
      return corpus;
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** N, number of posts; may be 0. */
  public long size() {
    return size;
  }

  /** D, floats in a post's vector. */
  public int dimension() {
    return dimension;
  }

  /** Id of post {@code i}: 64 unsigned bits. */
  public long postId(long i) {
    Objects.checkIndex(i, size);
    return postIds.get(ByteCursor.U64, i * Long.BYTES);
  }

  /** Id of the author of post {@code i}: 64 unsigned bits. */
  public long authorId(long i) {
    Objects.checkIndex(i, size);
    return authorIds.get(ByteCursor.U64, i * Long.BYTES);
  }

  /** Whether the file has topics. */
  public boolean hasTopics() {
    return topics != null;
  }

  /**
   * Topic of post {@code i}, decoded on each call; null if the file has no topics.
   *
   * @throws CheckpointException if the topic is not well-formed Unicode
   */
  public @Nullable String topic(long i) {
    Objects.checkIndex(i, size);
    return topics == null ? null : topics.string(i);
  }

  /** Attribute bits of post {@code i}; 0 if the file has no attributes. */
  public long attributes(long i) {
    Objects.checkIndex(i, size);
    return attributes == null ? 0 : attributes.get(ByteCursor.U64, i * Long.BYTES);
  }

  /**
   * Creation time of post {@code i} in seconds since the epoch; 0 if unknown or if the file has no
   * entry {@code created}.
   */
  public long created(long i) {
    Objects.checkIndex(i, size);
    return created == null ? 0 : created.get(ByteCursor.U64, i * Long.BYTES);
  }

  /** float32 [N, D], read-only, little-endian, possibly unaligned; valid until close. */
  public MemorySegment representations() {
    return representations;
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CheckpointException if one differs
   */
  public void verifyChecksums() {
    file.verifyChecksums();
  }

  /** Unmaps the corpus. Idempotent. */
  @Override
  public void close() {
    file.close();
  }

  private NpyArray integers(NpyArray array) {
    boolean integers = array.type() == NpyType.UINT64 || array.type() == NpyType.INT64;
    if (!integers || !Arrays.equals(array.shape(), new long[] {size})) {
      throw refuse(array, "UINT64 or INT64 [" + size + "]");
    }
    return array;
  }

  private NpyArray topics(NpyArray array) {
    if (!array.type().isString() || !Arrays.equals(array.shape(), new long[] {size})) {
      throw refuse(array, "strings [" + size + "]");
    }
    return array;
  }

  private static CheckpointException refuse(NpyArray array, String expected) {
    String order = array.fortranOrder() ? " in Fortran order" : "";
    return array
        .place()
        .refuse(expected, array.type() + " " + Arrays.toString(array.shape()) + order);
  }
}
