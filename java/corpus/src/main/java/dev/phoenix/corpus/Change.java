package dev.phoenix.corpus;

/** One change of a corpus, as the log keeps it. */
sealed interface Change {
  /** The post that is changed. */
  long postId();

  /** A post that was added or replaced, and its vector {@code vectors[at .. at + D)}. */
  record Put(Post post, float[] vectors, int at) implements Change {
    @Override
    public long postId() {
      return post.id();
    }
  }

  /** A post that was removed. */
  record Remove(long postId) implements Change {}
}
