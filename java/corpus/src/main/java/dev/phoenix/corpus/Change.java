package dev.phoenix.corpus;

/** One change of a corpus, in the form that the log stores. */
sealed interface Change {
  /** The post that is changed. */
  long postId();

  /** Adds or replaces a post, with its vector {@code vectors[at .. at + D)}. */
  record Put(Post post, float[] vectors, int at) implements Change {
    @Override
    public long postId() {
      return post.id();
    }
  }

  /** Removes a post. */
  record Remove(long postId) implements Change {}
}
