package dev.phoenix.corpus;

/** A change requested by a publisher. */
public sealed interface PostChange {
  /** The post that is changed. */
  long postId();

  /** A post to add, or to replace the post with the same id. */
  record Put(Post post) implements PostChange {
    @Override
    public long postId() {
      return post.id();
    }
  }

  /** A post to remove. */
  record Remove(long postId) implements PostChange {}
}
