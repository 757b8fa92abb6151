package dev.phoenix.serving;

import dev.phoenix.scoring.ScoringOptions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The task of a request. All three kinds share batches. */
public sealed interface Task {
  /** The vectors that a response has. */
  enum Vectors {
    /** None. */
    NONE,
    /** The candidate representations of the posts, for diversity by vectors. */
    OF_POSTS;

    /** The vectors that scoring options need. */
    public static Vectors neededBy(ScoringOptions options) {
      return options.needsVectors() ? OF_POSTS : NONE;
    }
  }

  /**
   * Scores the candidates of the request.
   *
   * @param postIds 64-bit ids; 0 is padding
   * @param authorIds their authors, index by index
   * @param surface the product surface that they are shown on; 0 if unknown
   * @param created the times of creation, in seconds since the epoch, index by index; 0 if unknown,
   *     and empty if all are unknown
   */
  record Rank(long[] postIds, long[] authorIds, int surface, long[] created) implements Task {
    public Rank {
      if (postIds.length != authorIds.length
          || !(created.length == 0 || created.length == postIds.length)) {
        throw new IllegalArgumentException(
            "%d post ids, %d author ids, %d creation times"
                .formatted(postIds.length, authorIds.length, created.length));
      }
      for (long seconds : created) {
        ServingRequest.requireTime("created", seconds);
      }
    }

    /** Creates a task with unknown times of creation. */
    public Rank(long[] postIds, long[] authorIds, int surface) {
      this(postIds, authorIds, surface, new long[0]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Rank that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private Object[] components() {
      return new Object[] {postIds, authorIds, surface, created};
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
   * @param vectors whether the answer has the posts' vectors
   */
  record Recommend(int topK, CorpusChoice choice, Exclusion exclusion, Vectors vectors)
      implements Task {
    /** Creates a task without vectors. */
    public Recommend(int topK, CorpusChoice choice, Exclusion exclusion) {
      this(topK, choice, exclusion, Vectors.NONE);
    }

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
