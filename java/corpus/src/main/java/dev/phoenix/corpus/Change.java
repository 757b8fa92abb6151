package dev.phoenix.corpus;

/** One change of a corpus, in the form that the log stores. */
sealed interface Change {
  /** A change of a post. */
  sealed interface OfPost extends Change {
    /** The post that is changed. */
    long postId();
  }

  /** Adds or replaces a post, with its vector {@code vectors[at .. at + D)}. */
  record Put(Post post, float[] vectors, int at) implements OfPost {
    @Override
    public long postId() {
      return post.id();
    }
  }

  /** Removes a post. */
  record Remove(long postId) implements OfPost {}

  /** A source was read up to a position, whose records are in the changes before. */
  record Reached(SourcePosition position) implements Change {}
}
