package dev.phoenix.scoring;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Scores and orders posts by {@link ScoringOptions} that are resolved for one model. The steps, in
 * order: weighted sum; rule for negative sums; author decay; corpus factors; order by score;
 * diversity by vectors; author window. Ties keep the order of the candidates, which is the
 * retrieval order. Thread-safe. Source: docs/model.md#7-pipeline.
 */
public final class Scorer {
  private final ScoringOptions options;
  private final ModelOutputs model;
  private final WeightedOutputs outputs;
  private final @Nullable NegativeSums negativeSums;

  private Scorer(ScoringOptions options, ModelOutputs model) {
    this.options = options;
    this.model = model;
    this.outputs = WeightedOutputs.of(options.weights(), model);
    this.negativeSums = negativeSums();
  }

  /**
   * Null unless sums can be negative, so that sums of positive weights stay the published scores.
   */
  private @Nullable NegativeSums negativeSums() {
    double least = outputs.least();
    boolean isScaled =
        options.diversity().authorDecay().isPresent() || !options.corpusFactors().isEmpty();
    return outputs.hasNegativeWeight() || (least > 0 && isScaled)
        ? new NegativeSums(options.offset(), least, outputs.range())
        : null;
  }

  /**
   * Resolves options.
   *
   * @throws IllegalArgumentException if an explicit weight names an output that the model lacks or
   *     that was not trained, or if no output has a weight; the message lists the outputs
   */
  public static Scorer create(ScoringOptions options, ModelOutputs model) {
    return new Scorer(options, model);
  }

  /** The options. */
  public ScoringOptions options() {
    return options;
  }

  /** The outputs that the weights were resolved for. */
  public ModelOutputs model() {
    return model;
  }

  /** The weights that count, by output. */
  public ScoreWeights weights() {
    return outputs.weights();
  }

  /** A line that says which weights of the preset have no effect, and why; empty for none. */
  public Optional<String> notice() {
    return outputs.leftOut().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "preset %s: no weight for %s"
                .formatted(
                    options.weights().preset().map(Preset::label).orElse(""),
                    String.join("; ", outputs.leftOut())));
  }

  /**
   * Scores and orders posts.
   *
   * @throws NonFiniteScoreException where a weighted output is not finite
   * @throws IllegalArgumentException where outputs or vectors are missing or of another size
   */
  public Ranking rank(Candidates candidates) {
    return rank(candidates, Integer.MAX_VALUE);
  }

  /**
   * Scores and orders posts if only the first places are shown. With diversity by vectors this
   * costs less than the whole order.
   *
   * @param places number of first places that equal those of {@link #rank(Candidates)}; the
   *     remaining posts follow by score
   * @throws NonFiniteScoreException where a weighted output is not finite
   * @throws IllegalArgumentException where outputs or vectors are missing or of another size
   */
  public Ranking rank(Candidates candidates, int places) {
    int count = candidates.count();
    requireLength("probabilities", candidates.probabilities().length, count * model.actions());
    requireLength("continuous values", candidates.continuous().length, count * model.continuous());
    float[] sums = outputs.sums(candidates);
    double[] scores = new double[count];
    for (int i = 0; i < count; i++) {
      scores[i] = negativeSums == null ? sums[i] : negativeSums.score(sums[i]);
    }
    Diversity diversity = options.diversity();
    boolean needsAuthors =
        diversity.authorDecay().isPresent() || diversity.authorWindow().isPresent();
    AuthorNumbers authors = needsAuthors ? new AuthorNumbers(candidates.authorIds()) : null;
    double[] authorFactors =
        diversity.authorDecay().isPresent()
            ? multiply(
                scores,
                diversity
                    .authorDecay()
                    .get()
                    .factors(ScoreOrder.of(scores), Objects.requireNonNull(authors)))
            : null;
    double[] corpusFactors =
        options.corpusFactors().isEmpty() ? null : multiply(scores, corpusFactors(candidates));
    int[] byScore = ScoreOrder.of(scores);
    // An author window may show a post from any place.
    int exact = diversity.authorWindow().isPresent() ? count : places;
    int[] order =
        diversity.vectors().isPresent() ? apart(byScore, scores, candidates, exact) : byScore;
    if (diversity.authorWindow().isPresent()) {
      order = diversity.authorWindow().get().apply(order, Objects.requireNonNull(authors));
    }
    Factors factors = new Factors(authorFactors, corpusFactors);
    return new Ranking(this, candidates, new Scores(sums, scores, factors), byScore, order);
  }

  /** Weighted sums, scores and factors by candidate. */
  record Scores(float[] sums, double[] scores, Factors factors) {}

  /** Factors by candidate; null where all are 1. */
  record Factors(double @Nullable [] author, double @Nullable [] corpus) {}

  private static double[] multiply(double[] scores, double[] factors) {
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= factors[i];
    }
    return factors;
  }

  private double[] corpusFactors(Candidates candidates) {
    String[] corpora = candidates.corpora();
    if (corpora == null) {
      throw new IllegalArgumentException("expected corpus names beside corpus_factors, found none");
    }
    Map<String, Double> byName = options.corpusFactors();
    double[] factors = new double[corpora.length];
    for (int i = 0; i < corpora.length; i++) {
      factors[i] = byName.getOrDefault(corpora[i], 1.0);
    }
    return factors;
  }

  private int[] apart(int[] byScore, double[] scores, Candidates candidates, int places) {
    VectorDiversity vectors = options.diversity().vectors().orElseThrow();
    if (!vectors.isOn() || byScore.length == 0) {
      return byScore;
    }
    float[] values = candidates.vectors();
    if (values == null) {
      throw new IllegalArgumentException("expected vectors beside diversity, found none");
    }
    int[] order = byScore.clone();
    vectors.apply(order, scores, values, places);
    return order;
  }

  private static void requireLength(String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "expected %d %s, found %d".formatted(expected, what, found));
    }
  }

  /** The terms of a candidate's weighted sum. */
  ScoreExplanation.Term[] terms(Candidates candidates, int candidate) {
    ScoreExplanation.Term[] terms = new ScoreExplanation.Term[outputs.count()];
    for (int term = 0; term < terms.length; term++) {
      float value = outputs.value(candidates, candidate, term);
      float weight = outputs.weight(term);
      terms[term] = new ScoreExplanation.Term(outputs.name(term), value, weight, weight * value);
    }
    return terms;
  }

  /** The rule for negative sums; null where the weighted sum is the score. */
  @Nullable NegativeSums rule() {
    return negativeSums;
  }
}
