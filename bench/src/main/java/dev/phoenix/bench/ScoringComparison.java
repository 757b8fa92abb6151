package dev.phoenix.bench;

import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Candidates;
import dev.phoenix.scoring.ModelOutputs;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.scoring.Scorer;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Scores and orders the candidates of one request by a preset; the peer is ranking that request, so
 * the ratio says how small a part of a request scoring is.
 */
final class ScoringComparison extends Comparison {
  private static final int POSTS = 200;
  private static final int AUTHORS = 80;

  /** At least 50: the stage takes at most 2 % of the time of ranking. */
  private static final double TARGET = 50;

  private final int shown;
  private final Ops ops;
  private final Ranker ranker;
  private final RandomBatch batch;
  private final RankerOutput output;
  private final Scorer scorer;
  private final Candidates candidates;

  /**
   * A comparison over 200 candidates.
   *
   * @param shown posts of the feed that the order must be right for
   */
  ScoringComparison(Preset preset, int shown, int threads) {
    super(
        "Score %d candidates, preset %s, %d shown".formatted(POSTS, preset.label(), shown),
        1,
        "requests");
    this.shown = shown;
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    this.ranker = own(Ranker.load(ops, RepositoryFiles.published("ranker")));
    this.batch = RandomBatch.create(ranker.config(), new RandomBatch.Size(1, POSTS), 1);
    this.output = ranker.output();
    rank();
    this.scorer =
        Scorer.create(preset.options(), ModelOutputs.of(ActionTaxonomy.ENUM, ranker.config()));
    this.candidates = candidates(ranker.config().embSize());
  }

  private void rank() {
    ranker.rank(output, batch.histories(), batch.candidateLists());
  }

  private Candidates candidates(int dimension) {
    Random random = new Random(5);
    float[] probabilities = new float[POSTS * output.actions()];
    float[] continuous = new float[POSTS * output.continuousActions()];
    long[] authors = new long[POSTS];
    String[] corpora = new String[POSTS];
    for (int post = 0; post < POSTS; post++) {
      authors[post] = 1L + random.nextInt(AUTHORS);
      corpora[post] = "in_network";
      for (int action = 0; action < output.actions(); action++) {
        probabilities[post * output.actions() + action] = output.probability(0, post, action);
      }
      for (int value = 0; value < output.continuousActions(); value++) {
        continuous[post * output.continuousActions() + value] = output.continuous(0, post, value);
      }
    }
    return new Candidates(
        LongStream.rangeClosed(1, POSTS).toArray(),
        authors,
        new float[POSTS],
        probabilities,
        continuous,
        corpora,
        vectors(random, dimension));
  }

  /** Unit vectors [posts, dimension] that share a direction, as retrieved posts do. */
  private static float[] vectors(Random random, int dimension) {
    float[] vectors = new float[POSTS * dimension];
    for (int post = 0; post < POSTS; post++) {
      double norm = 0;
      for (int column = 0; column < dimension; column++) {
        float value = (float) ((column == 0 ? Math.sqrt(dimension) : 0) + random.nextGaussian());
        vectors[post * dimension + column] = value;
        norm += value * value;
      }
      for (int column = 0; column < dimension; column++) {
        vectors[post * dimension + column] /= (float) Math.sqrt(norm);
      }
    }
    return vectors;
  }

  /** Compares the posts that are shown with those of the whole order. */
  @Override
  String check() {
    Ranking whole = scorer.rank(candidates);
    Ranking first = scorer.rank(candidates, shown);
    for (int place = 0; place < shown; place++) {
      if (first.candidate(place) != whole.candidate(place)) {
        throw wrong(
            "place %d has candidate %d, in the whole order %d"
                .formatted(place, first.candidate(place), whole.candidate(place)));
      }
    }
    return "the posts shown are those of the whole order";
  }

  @Override
  void phoenix() {
    scorer.rank(candidates, shown);
  }

  @Override
  List<Peer> peers() {
    return List.of(new Peer("Phoenix, ranking the request", this::rank));
  }

  @Override
  OptionalDouble target() {
    return OptionalDouble.of(TARGET);
  }
}
