package dev.phoenix.model;

import dev.phoenix.checkpoint.CorpusWriter;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.feature.HashedCandidates;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the candidate tower over posts and writes a corpus file. Source:
 * docs/model.md#1-checkpoint-files and #6-retrieval.
 */
public final class CorpusEncoder {
  /** Posts of one pass: enough to fill the matmul tiles, few enough to fit in the cache. */
  private static final int PASS = 512;

  private CorpusEncoder() {}

  /**
   * The posts to encode.
   *
   * @param postIds 64-bit ids
   * @param authorIds authors by post
   * @param topics topics by post; empty where there are none
   * @param createdSeconds creation times by post, in seconds since the epoch; empty where unknown
   */
  public record Posts(
      long[] postIds, long[] authorIds, List<String> topics, long[] createdSeconds) {
    public Posts {
      int count = postIds.length;
      if (authorIds.length != count
          || !(topics.isEmpty() || topics.size() == count)
          || !(createdSeconds.length == 0 || createdSeconds.length == count)) {
        throw new IllegalArgumentException(
            "%d post ids, %d author ids, %d topics, %d creation times"
                .formatted(count, authorIds.length, topics.size(), createdSeconds.length));
      }
    }

    /** Posts with unknown creation times. */
    public Posts(long[] postIds, long[] authorIds, List<String> topics) {
      this(postIds, authorIds, topics, new long[0]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Posts that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private Object[] components() {
      return new Object[] {postIds, authorIds, topics, createdSeconds};
    }
  }

  /**
   * Encodes {@code posts} into the corpus file {@code target}, which appears only when it is whole.
   *
   * @param progress receives the number of encoded posts after every pass
   */
  public static void encode(
      RetrievalModel model,
      EmbeddingTables tables,
      Posts posts,
      Path target,
      LongConsumer progress) {
    model.useTables(tables);
    int columns = model.config().embSize();
    int count = posts.postIds().length;
    float[] vectors = new float[PASS * columns];
    try (CorpusWriter writer =
        CorpusWriter.create(target, posts.postIds(), posts.authorIds(), columns)) {
      for (int from = 0; from < count; from += PASS) {
        int to = Math.min(count, from + PASS);
        long[] postIds = Arrays.copyOfRange(posts.postIds(), from, to);
        long[] authorIds = Arrays.copyOfRange(posts.authorIds(), from, to);
        model.encodePosts(
            vectors, 0, HashedCandidates.create(model.config(), tables, postIds, authorIds));
        writer.append(vectors, 0, (to - from) * columns);
        progress.accept(to);
      }
      writer.commit(posts.topics(), new long[0], posts.createdSeconds());
    }
  }
}
