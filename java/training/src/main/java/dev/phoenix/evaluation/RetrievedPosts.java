package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The posts that two towers find for logged users: what a ranker would be asked to order. Posts of
 * the user's history are left out. One thread at a time.
 */
public final class RetrievedPosts implements AutoCloseable {
  private static final int PASS = 512;

  private final Closer parts;
  private final RetrievalModel model;
  private final LoggedRows rows;
  private final float[] columns;

  private RetrievedPosts(Closer parts, Ops ops, Path folder, Catalog catalog) {
    this.parts = parts;
    this.model = parts.own(RetrievalModel.load(ops, folder));
    EmbeddingTables tables =
        parts.own(EmbeddingTables.open(folder.resolve("embedding_tables.npz"), model.config()));
    this.rows = LoggedRows.of(model.config(), tables, catalog);
    int dimension = model.config().embSize();
    float[] vectors = new float[catalog.size() * dimension];
    for (int from = 0; from < catalog.size(); from += PASS) {
      int to = Math.min(catalog.size(), from + PASS);
      model.encodePosts(vectors, from * dimension, CatalogPosts.range(rows, from, to));
    }
    this.columns = VectorScorer.columns(vectors, dimension);
  }

  /**
   * Opens the retrieval model in {@code folder} and encodes all posts of {@code catalog}.
   *
   * @throws dev.phoenix.checkpoint.CheckpointException if a file is missing or is not what it
   *     should be
   */
  public static RetrievedPosts open(Ops ops, Path folder, Catalog catalog) {
    return Closer.open(parts -> new RetrievedPosts(parts, ops, folder, catalog));
  }

  /** A user at a moment: the first {@code known} events have happened. */
  public record Moment(UserEvents user, int known) {}

  /**
   * What was found for a moment, best first.
   *
   * @param posts indices into the catalogue
   * @param scores user · post
   */
  public record Found(int[] posts, float[] scores) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Found that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    @Override
    public String toString() {
      return "Found" + Arrays.deepToString(components());
    }

    private Object[] components() {
      return new Object[] {posts, scores};
    }
  }

  /**
   * The best posts of some moments.
   *
   * @param count of each; fewer where the catalogue has fewer that are not in the history
   */
  public List<Found> find(List<Moment> moments, int count) {
    int dimension = model.config().embSize();
    float[] users = new float[moments.size() * dimension];
    float[] pass = new float[PASS * dimension];
    for (int from = 0; from < moments.size(); from += PASS) {
      List<LoggedHistory> histories = new ArrayList<>();
      for (Moment moment : moments.subList(from, Math.min(moments.size(), from + PASS))) {
        histories.add(
            new LoggedHistory(
                rows,
                moment.user().userId(),
                moment.user().events(),
                moment.known(),
                LoggedHistory.Detail.ACTIONS_ONLY));
      }
      model.encodeUsers(pass, new float[histories.size()], histories);
      System.arraycopy(pass, 0, users, from * dimension, histories.size() * dimension);
    }
    return IntStream.range(0, moments.size())
        .parallel()
        .mapToObj(i -> best(users, i * dimension, moments.get(i), count))
        .toList();
  }

  private Found best(float[] users, int at, Moment moment, int count) {
    float[] scores = new float[rows.catalog().size()];
    VectorScorer.score(scores, users, at, columns);
    Events events = moment.user().events();
    int[] seen =
        IntStream.range(0, moment.known())
            .filter(events::isEngaged)
            .map(i -> events.posts()[i])
            .distinct()
            .toArray();
    int[] posts = FullRanking.best(scores, seen, count);
    float[] found = new float[posts.length];
    for (int i = 0; i < posts.length; i++) {
      found[i] = scores[posts[i]];
    }
    return new Found(posts, found);
  }

  @Override
  public void close() {
    parts.close();
  }
}
