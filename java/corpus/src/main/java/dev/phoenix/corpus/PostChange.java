package dev.phoenix.corpus;

/** A change that a publisher asks for. */
public sealed interface PostChange {
  /** The post that is changed. */
  long postId();

  /** A post to add, or to put in the place of the one with its id. */
  record Put(Post post) implements PostChange {
    @Override
    public long postId() {
      return post.id();
    }
  }

  /** A post to remove. */
  record Remove(long postId) implements PostChange {}
}
