package dev.phoenix.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Changes that are written and become visible together.
 *
 * @param posts posts to add or replace
 * @param removed ids of posts to remove, after the posts have been added
 * @param reached how far sources were read, to be kept in one step with the changes
 * @param done completes when the changes are visible, with the number of posts that existed before
 */
record ChangeRequest(
    List<Post> posts,
    List<Long> removed,
    List<SourcePosition> reached,
    CompletableFuture<Integer> done) {
  /** Creates an incomplete request. */
  static ChangeRequest of(List<Post> posts, List<Long> removed) {
    return of(posts, removed, List.of());
  }

  /** Creates an incomplete request that also says how far sources were read. */
  static ChangeRequest of(List<Post> posts, List<Long> removed, List<SourcePosition> reached) {
    return new ChangeRequest(
        List.copyOf(posts), List.copyOf(removed), List.copyOf(reached), new CompletableFuture<>());
  }

  int size() {
    return posts.size() + removed.size();
  }

  /**
   * Encodes the posts and returns the changes in order.
   *
   * @throws IllegalArgumentException if a vector is not finite
   */
  List<Change> encoded(PostEncoder encoder) {
    long[] postIds = posts.stream().mapToLong(Post::id).toArray();
    long[] authorIds = posts.stream().mapToLong(Post::authorId).toArray();
    int dimension = encoder.dimension();
    float[] vectors = new float[postIds.length * dimension];
    encoder.encode(vectors, postIds, authorIds);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < postIds.length; i++) {
      requireFinite(vectors, i * dimension, dimension, postIds[i]);
      changes.add(new Change.Put(posts.get(i), vectors, i * dimension));
    }
    removed.forEach(id -> changes.add(new Change.Remove(id)));
    reached.forEach(position -> changes.add(new Change.Reached(position)));
    return changes;
  }

  private static void requireFinite(float[] vectors, int at, int dimension, long postId) {
    for (int d = at; d < at + dimension; d++) {
      if (!Float.isFinite(vectors[d])) {
        throw new IllegalArgumentException(
            "post %s: expected a vector of finite numbers, found %s at %d"
                .formatted(Long.toUnsignedString(postId), vectors[d], d - at));
      }
    }
  }
}
