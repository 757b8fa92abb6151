package dev.phoenix.serving;

/** What a request asks for. All three share batches. */
public sealed interface Task {
  /**
   * Scores of candidates that the caller chose.
   *
   * @param postIds 64-bit ids; 0 is padding
   * @param authorIds their authors, index by index
   * @param surface the product surface that they are shown on; 0 where not known
   */
  record Rank(long[] postIds, long[] authorIds, int surface) implements Task {
    public Rank {
      if (postIds.length != authorIds.length) {
        throw new IllegalArgumentException(
            "%d post ids, %d author ids".formatted(postIds.length, authorIds.length));
      }
    }
  }

  /**
   * The best posts of the corpus.
   *
   * @param topK how many
   * @param choice of which posts
   * @param exclusion posts that must not be among them
   */
  record Retrieve(int topK, CorpusChoice choice, Exclusion exclusion) implements Task {
    /** Of every post of the default corpus but those that the server leaves out. */
    public Retrieve(int topK) {
      this(topK, CorpusChoice.DEFAULT);
    }

    /** Of every post of {@code choice} but those that the server leaves out. */
    public Retrieve(int topK, CorpusChoice choice) {
      this(topK, choice, Exclusion.DEFAULT);
    }
  }

  /**
   * The best posts of the corpus, and scores of them.
   *
   * @param topK how many
   * @param choice of which posts
   * @param exclusion posts that must not be among them
   */
  record Recommend(int topK, CorpusChoice choice, Exclusion exclusion) implements Task {
    /** Of every post of the default corpus but those that the server leaves out. */
    public Recommend(int topK) {
      this(topK, CorpusChoice.DEFAULT);
    }

    /** Of every post of {@code choice} but those that the server leaves out. */
    public Recommend(int topK, CorpusChoice choice) {
      this(topK, choice, Exclusion.DEFAULT);
    }
  }
}
