package dev.phoenix.corpus;

import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.RowsOfPosts;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exact search of snapshots: the K best posts by dot product, equal scores in the order of
 * positions. The result equals that of one scan of all rows. Posts that are dead, filtered out or
 * excluded, or whose score is NaN, are never returned. Thread-safe; concurrent searches run one
 * after the other.
 */
public final class CorpusSearch implements AutoCloseable {
  private final Ops ops;
  private final int dimension;
  private final Precision held;
  private final Map<Segment, Index> indices = new HashMap<>();
  private final SearchMasks masks = new SearchMasks();

  /** The backend's index of a segment and the number of rows that it has received. */
  private static final class Index {
    final Scope scope;
    final CorpusIndex index;
    final RowsOfPosts posts;
    int rows;

    Index(Scope scope, CorpusIndex index, Segment segment) {
      this.scope = scope;
      this.index = index;
      this.posts = new RowsOfPosts(segment::postId, segment.capacity());
    }
  }

  private CorpusSearch(Ops ops, int dimension, Precision held) {
    this.ops = ops;
    this.dimension = dimension;
    this.held = held;
  }

  /**
   * Creates a search that computes with {@code ops}.
   *
   * @param dimension D
   * @param held the precision of the scanned copy of a corpus file; results equal those of a
   *     float32 scan at either precision
   */
  public static CorpusSearch create(Ops ops, int dimension, Precision held) {
    return new CorpusSearch(ops, dimension, held);
  }

  /**
   * A search query.
   *
   * @param users [B, D] dense
   * @param count B
   * @param k the most posts per user
   * @param filter which posts may be found
   * @param excluded [B] excluded posts by user; empty if no user has any
   */
  public record Query(
      float[] users, int count, int k, Filter filter, List<ExcludedPosts> excluded) {
    /** A query without excluded posts. */
    public Query(float[] users, int count, int k, Filter filter) {
      this(users, count, k, filter, List.of());
    }

    public Query {
      excluded = List.copyOf(excluded);
      if (!excluded.isEmpty() && excluded.size() != count) {
        throw new IllegalArgumentException(
            "%d users, excluded posts of %d".formatted(count, excluded.size()));
      }
      if (count < 0 || k < 0) {
        throw new IllegalArgumentException(
            "users and k must be at least 0, found %d and %d".formatted(count, k));
      }
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Query that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private Object[] components() {
      return new Object[] {users, count, k, filter, excluded};
    }
  }

  /**
   * The best posts for every user. The snapshot must stay open during the call. A post that is in
   * several corpora of the snapshot is returned once, from the corpus in which it scores best.
   */
  public synchronized List<Hits> search(Snapshot snapshot, Query query) {
    if (query.users().length != query.count() * dimension) {
      throw new IllegalArgumentException(
          "%d users of a corpus of vectors of %d take %d values, found %d"
              .formatted(
                  query.count(), dimension, query.count() * dimension, query.users().length));
    }
    forgetFreed();
    List<SegmentSet.Part> parts = snapshot.parts();
    List<Merge.Source> sources = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      SegmentSet.Part part = parts.get(i);
      if (part.liveRows() > 0 && query.k() > 0) {
        long @Nullable [] mask = masks.of(part, query.filter());
        TopKQuery scan =
            new TopKQuery(query.users(), query.count(), mask, query.k(), hidden(part, query));
        sources.add(new Merge.Source(i, scan, ops.topK(index(part).index, scan)));
      }
    }
    List<Hits> hits = new ArrayList<>();
    Merge merge = new Merge(snapshot, sources);
    for (int user = 0; user < query.count(); user++) {
      hits.add(merge.best(user, query.k()));
    }
    return hits;
  }

  /** The rows of a part that hold excluded posts, by user. */
  private int[][] hidden(SegmentSet.Part part, Query query) {
    if (query.excluded().stream().allMatch(ExcludedPosts::isEmpty)) {
      return new int[0][];
    }
    RowsOfPosts posts = index(part).posts;
    posts.enter(part.rows());
    return query.excluded().stream()
        .map(excluded -> posts.of(excluded, part.rows()))
        .toArray(int[][]::new);
  }

  /**
   * The backend's index of a part's segment. It covers the whole capacity, so that its size does
   * not change while posts are added; rows not yet written are dead.
   */
  private Index index(SegmentSet.Part part) {
    Segment segment = part.segment();
    Index index = indices.get(segment);
    if (index == null) {
      Precision precision = segment instanceof BaseSegment ? held : Precision.FLOAT32;
      Shape shape = new Shape(segment.capacity(), dimension);
      requireSize(segment.vectors(), shape);
      index =
          Scope.build(
              "segment",
              scope ->
                  new Index(
                      scope, ops.corpusIndex(scope, segment.vectors(), shape, precision), segment));
      index.rows = part.rows();
      indices.put(segment, index);
    } else if (index.rows < part.rows()) {
      ops.rereadRows(index.index, index.rows, part.rows() - index.rows);
      index.rows = part.rows();
    }
    return index;
  }

  private static void requireSize(MemorySegment vectors, Shape shape) {
    long expected = (long) shape.rows() * shape.columns() * Float.BYTES;
    if (vectors.byteSize() != expected) {
      throw new IllegalArgumentException(
          "posts of a corpus %s take %d bytes, found %d"
              .formatted(shape, expected, vectors.byteSize()));
    }
  }

  private void forgetFreed() {
    for (Iterator<Map.Entry<Segment, Index>> all = indices.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Segment, Index> entry = all.next();
      if (entry.getKey().isFree()) {
        entry.getValue().scope.close();
        all.remove();
      }
    }
    masks.forgetFreed();
  }

  /** Bytes of the backend's memory, without the corpora's own memory. */
  public synchronized long liveBytes() {
    return indices.values().stream().mapToLong(index -> index.scope.liveBytes()).sum();
  }

  /** Frees the backend's memory. Idempotent. */
  @Override
  public synchronized void close() {
    List<Scope> scopes = indices.values().stream().map(index -> index.scope).toList();
    indices.clear();
    Closer.closeAll(scopes);
  }
}
