package dev.phoenix.model;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.feature.RowsOfPosts;
import dev.phoenix.lifecycle.ThreadGuard;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exact retrieval: user tower, then the K best posts of a corpus by dot product. Source:
 * docs/model.md#6-retrieval.
 *
 * <p>Not thread-safe: a call during a call of another thread throws {@link
 * java.util.ConcurrentModificationException}. For several threads, create one retriever each, with
 * a lane of the operations and of the model. Consecutive calls may come from different threads.
 */
public final class Retriever implements AutoCloseable {
  private final Ops ops;
  private final RetrievalModel model;
  private final ThreadGuard guard =
      new ThreadGuard(
          "Retriever",
          "make a retriever for every thread, with a lane of the operations and of the model");
  private final Scope scope;
  private final CorpusIndex index;
  private final RowsOfPosts rows;
  private final int size;

  private Retriever(Scope scope, Ops ops, RetrievalModel model, Corpus corpus, Precision held) {
    if (corpus.size() > 0 && corpus.dimension() != model.config().embSize()) {
      throw new IllegalArgumentException(
          "the corpus has vectors of %d, the retrieval model of %d"
              .formatted(corpus.dimension(), model.config().embSize()));
    }
    this.scope = scope;
    this.ops = ops;
    this.size = Math.toIntExact(corpus.size());
    this.rows = new RowsOfPosts(corpus::postId, size);
    this.model = model;
    Shape shape = new Shape(size, model.config().embSize());
    this.index = ops.corpusIndex(scope, corpus.representations(), shape, held);
  }

  /**
   * Creates a retriever over {@code corpus}, which must stay open as long as the retriever.
   *
   * @param held the precision of the scanned copy; results equal those of a float32 scan at either
   *     precision
   */
  public static Retriever create(Ops ops, RetrievalModel model, Corpus corpus, Precision held) {
    return Scope.build("retriever", scope -> new Retriever(scope, ops, model, corpus, held));
  }

  /**
   * User vectors and their best corpus entries.
   *
   * @param users [B, D] unit vectors
   * @param best the K best corpus entries of every user
   */
  public record Result(float[] users, TopK best) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Result that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private Object[] components() {
      return new Object[] {users, best};
    }
  }

  /**
   * Retrieves for a batch of users.
   *
   * @param k posts per user; at most the size of the corpus is returned
   * @param mask one bit per corpus entry, set where it may be retrieved; null where all may
   */
  public Result retrieve(List<? extends HistoryFeatures> requests, int k, long @Nullable [] mask) {
    try (var _ = guard.enter()) {
      float[] users = new float[requests.size() * model.config().embSize()];
      model.encodeUsers(users, new float[requests.size()], requests);
      return new Result(users, search(new TopKQuery(users, requests.size(), mask, k)));
    }
  }

  /**
   * Retrieves for a batch of users with excluded posts for each user.
   *
   * @param k posts per user; at most the size of the corpus is returned, in which entries that may
   *     not be retrieved come last with the score {@code -1e12}
   * @param mask one bit per corpus entry, set where it may be retrieved; null where all may
   * @param excluded [B] excluded posts by user; every corpus entry of such a post is excluded
   */
  public Result retrieve(
      List<? extends HistoryFeatures> requests,
      int k,
      long @Nullable [] mask,
      List<ExcludedPosts> excluded) {
    try (var _ = guard.enter()) {
      float[] users = new float[requests.size() * model.config().embSize()];
      model.encodeUsers(users, new float[requests.size()], requests);
      rows.enter(size);
      int[][] hidden = excluded.stream().map(posts -> rows.of(posts, size)).toArray(int[][]::new);
      return new Result(users, search(new TopKQuery(users, requests.size(), mask, k, hidden)));
    }
  }

  /** Searches with user vectors that are already encoded. */
  public TopK search(TopKQuery query) {
    try (var _ = guard.enter()) {
      return ops.topK(index, query);
    }
  }

  @Override
  public void close() {
    try (var _ = guard.enter()) {
      scope.close();
    }
  }
}
