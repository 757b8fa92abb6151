package dev.phoenix.training.run;

import dev.phoenix.training.NumberRange;
import dev.phoenix.training.TrainingConfig;
import java.util.Locale;

/** What a user's next post competes with in a step of the two towers. */
public sealed interface Negatives {
  /** Every post of the catalogue, once each: the softmax is exact. */
  record All() implements Negatives {}

  /**
   * Sampled posts, and the other users' posts of the batch where they are asked for.
   *
   * @param count how many are sampled for a batch
   * @param popularityExponent how they are sampled: 0 all posts alike, 1 by popularity
   * @param inBatch what becomes of the other users' posts
   */
  record Sampled(int count, double popularityExponent, InBatch inBatch) implements Negatives {
    /** Exponents of popularity. */
    public static final NumberRange POPULARITY_EXPONENTS = NumberRange.of(0, 1);

    public Sampled {
      TrainingConfig.RetrievalLoss.NEGATIVES.require("negatives", count);
      POPULARITY_EXPONENTS.require("popularity exponent", popularityExponent);
      if (count == 0 && inBatch == InBatch.OFF) {
        throw new IllegalArgumentException(
            "negatives: expected at least 1 where in-batch negatives are off, found 0");
      }
    }
  }

  /** Whether the posts of a batch's other users are negatives of a user. */
  enum InBatch {
    /** They are not: a user's next post competes with the sampled ones alone. */
    OFF,
    /** They are, as they are. */
    ON,
    /**
     * They are, and every score is corrected by log(1 / the post's count in the batch), so that
     * popular posts are not punished for being negatives more often. Source:
     * docs/model.md#9-training.
     */
    LOG_Q;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
