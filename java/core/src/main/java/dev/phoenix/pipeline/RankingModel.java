package dev.phoenix.pipeline;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.feature.PostTimes;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.NotFiniteException;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.scoring.Candidates;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A ranker with its embedding tables.
 *
 * @param ranker the model, which uses {@code tables}
 * @param tables embedding rows of users, posts and authors
 */
record RankingModel(Ranker ranker, EmbeddingTables tables) {
  /** Loads the ranker in {@code directory}; {@code parts} closes it. */
  static RankingModel load(Closer parts, Ops ops, Path directory, Optional<HistoryEnd> historyEnd) {
    Ranker ranker = parts.own(Ranker.load(ops, directory, historyEnd));
    EmbeddingTables tables =
        parts.own(EmbeddingTables.open(directory.resolve("embedding_tables.npz"), ranker.config()));
    ranker.useTables(tables);
    return new RankingModel(ranker, tables);
  }

  /**
   * The candidates with the ranker's outputs for a user.
   *
   * @param times impression time, and creation times in the order of the candidates
   * @throws NotFiniteException if a logit is not finite
   */
  Candidates score(UserSequence sequence, Candidates candidates, PostTimes times) {
    RankerOutput scores = ranker.output();
    ranker.rank(
        scores,
        List.of(HashedHistory.create(ranker.config(), tables, sequence)),
        List.of(
            HashedCandidates.create(
                    ranker.config(), tables, candidates.postIds(), candidates.authorIds())
                .at(times, ranker.config())));
    for (int i = 0; i < candidates.count(); i++) {
      requireFinite(scores, i);
    }
    return candidates.withOutputs(scores.probabilities(0), scores.continuousValues(0));
  }

  /** Fails on NaN, because a feed ordered by NaN looks like any other feed. */
  private static void requireFinite(RankerOutput scores, int candidate) {
    for (int action = 0; action < scores.actions(); action++) {
      float logit = scores.logit(0, candidate, action);
      if (!Float.isFinite(logit)) {
        throw new NotFiniteException(
            "the ranker's output %d for retrieved post %d: expected a finite logit, found %s"
                .formatted(action, candidate, logit));
      }
    }
  }
}
