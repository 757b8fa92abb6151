package dev.phoenix.scoring;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The options that turn a ranker's outputs into the order of a feed. Documented in docs/scoring.md.
 *
 * @param weights weights of the outputs
 * @param offset added to sums of at least 0 where sums can be negative; see {@link NegativeSums}
 * @param corpusFactors factors of the posts of a corpus, by the corpus' name; 1 for all others
 * @param diversity steps that separate similar posts
 */
public record ScoringOptions(
    OutputWeights weights, double offset, Map<String, Double> corpusFactors, Diversity diversity) {
  /** The production recommender's offset. */
  public static final double DEFAULT_OFFSET = 0.001;

  /** Largest number of corpora with a factor. */
  public static final int MAX_CORPORA = 64;

  /** Largest factor of a corpus. */
  static final double MAX_FACTOR = 1000;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the one that is out of range
   */
  public ScoringOptions {
    if (!(offset > 0 && offset <= ScoreWeights.MAX_WEIGHT)) {
      throw new IllegalArgumentException(
          "offset: expected a number above 0, at most %.0f, found %s"
              .formatted(ScoreWeights.MAX_WEIGHT, offset));
    }
    Checks.requireRange("corpus_factors: corpora", corpusFactors.size(), 0, MAX_CORPORA);
    corpusFactors = Map.copyOf(corpusFactors);
    corpusFactors.forEach(
        (corpus, factor) -> {
          if (!(factor >= 0 && factor <= MAX_FACTOR)) {
            throw new IllegalArgumentException(
                "corpus_factors.%s: expected a number from 0 to %.0f, found %s"
                    .formatted(corpus, MAX_FACTOR, factor));
          }
        });
  }

  /** Options with these weights, no factors and no diversity. */
  public static ScoringOptions of(ScoreWeights weights) {
    return new ScoringOptions(
        new OutputWeights(Optional.empty(), weights, UntrainedOutputs.REFUSED),
        DEFAULT_OFFSET,
        Map.of(),
        Diversity.NONE);
  }

  /** These options with another rule for untrained outputs. */
  public ScoringOptions with(UntrainedOutputs untrained) {
    return new ScoringOptions(
        new OutputWeights(weights.preset(), weights.explicit(), untrained),
        offset,
        corpusFactors,
        diversity);
  }

  /**
   * Checks that every corpus with a factor exists. Corpora that only the preset names may be
   * missing.
   *
   * @throws IllegalArgumentException naming the corpus that does not exist
   */
  public void requireCorpora(Collection<String> corpora) {
    Set<String> known = new TreeSet<>(corpora);
    weights.preset().ifPresent(preset -> known.addAll(preset.options().corpusFactors().keySet()));
    for (String corpus : new TreeSet<>(corpusFactors.keySet())) {
      if (!known.contains(corpus)) {
        throw new IllegalArgumentException(
            "corpus_factors: expected one of the corpora %s, found '%s'".formatted(known, corpus));
      }
    }
  }

  /** Whether candidates need vectors. */
  public boolean needsVectors() {
    return diversity.vectors().filter(VectorDiversity::isOn).isPresent();
  }
}
