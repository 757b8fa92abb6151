package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a corpus for {@link Corpus} and numpy. Vectors are appended block by block, so the corpus
 * may be larger than the heap. The target is replaced on commit only. Not thread-safe.
 */
public final class CorpusWriter implements AutoCloseable {
  private final NpzWriter writer;
  private final NpyOutput representations;
  private final int posts;

  private CorpusWriter(NpzWriter writer, NpyOutput representations, int posts) {
    this.writer = writer;
    this.representations = representations;
    this.posts = posts;
  }

  /**
   * Begins a corpus of {@code postIds.length} posts.
   *
   * @param postIds 64 unsigned bits each
   * @param authorIds one for each post, 64 unsigned bits each
   * @param dimension D, floats in a vector, at least 1
   */
  public static CorpusWriter create(Path target, long[] postIds, long[] authorIds, int dimension) {
    if (dimension < 1) {
      throw Place.of(target).refuse("a dimension of at least 1", dimension);
    }
    NpzWriter writer = NpzWriter.create(target);
    try {
      writer.writeUnsigned(Corpus.POST_IDS, postIds, postIds.length);
      writer.writeUnsigned(Corpus.AUTHOR_IDS, authorIds, postIds.length);
      NpyOutput representations =
          writer.begin(Corpus.REPRESENTATIONS, NpyType.FLOAT32, postIds.length, dimension);
      return new CorpusWriter(writer, representations, postIds.length);
    } catch (RuntimeException | Error e) {
      writer.close();
      throw e;
    }
  }

  /** Appends the float32 rows of {@code vectors}, little-endian. */
  public void append(MemorySegment vectors) {
    representations.write(vectors);
  }

  /** Appends {@code length} floats of vectors, row after row. */
  public void append(float[] vectors, int offset, int length) {
    representations.write(vectors, offset, length);
  }

  /**
   * Completes a corpus without topics.
   *
   * @throws CheckpointException if vectors are missing
   */
  public void commit() {
    representations.close();
    writer.commit();
  }

  /** Completes the corpus with a topic for each post. */
  public void commit(List<String> topics) {
    representations.close();
    writer.writeStrings(Corpus.TOPICS, topics, posts);
    writer.commit();
  }

  /**
   * Completes the corpus with a topic and attributes for each post.
   *
   * @param attributes 64 bits for each post
   */
  public void commit(List<String> topics, long[] attributes) {
    commit(topics, attributes, new long[0]);
  }

  /**
   * Completes the corpus with topics, attributes and creation times.
   *
   * @param topics one for each post, or empty
   * @param attributes 64 bits for each post, or empty
   * @param created creation time of each post in seconds since the epoch, 0 if unknown; or empty
   */
  public void commit(List<String> topics, long[] attributes, long[] created) {
    representations.close();
    if (!topics.isEmpty()) {
      writer.writeStrings(Corpus.TOPICS, topics, posts);
    }
    if (attributes.length > 0) {
      writer.writeUnsigned(Corpus.ATTRIBUTES, attributes, posts);
    }
    if (created.length > 0) {
      writer.write(Corpus.CREATED, created, posts);
    }
    writer.commit();
  }

  /** Discards the file unless it was committed. Idempotent. */
  @Override
  public void close() {
    writer.close();
  }
}
