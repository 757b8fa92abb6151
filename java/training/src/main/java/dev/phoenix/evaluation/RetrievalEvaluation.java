package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.feature.Exclude;
import dev.phoenix.model.RetrievalModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Evaluates retrieval on a dataset, for models and for simple baselines. */
public final class RetrievalEvaluation {
  private final LeaveOneOut split;
  private final LeaveOneOut.Part part;
  private final FullRanking ranking;

  /**
   * Creates an evaluation on {@code part} of {@code split}.
   *
   * @param exclusion which posts are not ranked
   */
  public RetrievalEvaluation(LeaveOneOut split, LeaveOneOut.Part part, Exclude exclusion) {
    if (split.folds().isEmpty()) {
      throw new IllegalArgumentException(
          split.dataset().source() + ": expected a user with three positive events, found none");
    }
    this.split = split;
    this.part = part;
    this.ranking = new FullRanking(split, exclusion);
  }

  /** The metrics of popularity, item-KNN and the Markov chain, by name. */
  public SequencedMap<String, RankMetrics> baselines() {
    SequencedMap<String, RankMetrics> found = new LinkedHashMap<>();
    for (PostScorer scorer : baselines(split, part)) {
      found.put(scorer.name(), ranking.evaluate(scorer, part));
    }
    return found;
  }

  /** The baselines that models are compared with. */
  static List<PostScorer> baselines(LeaveOneOut split, LeaveOneOut.Part part) {
    return List.of(
        Popularity.fit(split, part), ItemKnn.fit(split, part), MarkovChain.fit(split, part));
  }

  /** The metrics of an exported model. */
  public RankMetrics model(RetrievalModel model, EmbeddingTables tables) {
    return ranking.evaluate(VectorScorer.of(model, tables, split, part), part);
  }

  /** The metrics of one row of the result table, by name. */
  public static Map<String, Double> summary(RankMetrics metrics) {
    SequencedMap<String, Double> row = new LinkedHashMap<>();
    row.put("HR@10", metrics.hitRate(10));
    row.put("NDCG@10", metrics.ndcg(10));
    row.put("HR@50", metrics.hitRate(50));
    row.put("NDCG@50", metrics.ndcg(50));
    row.put("MRR", metrics.meanReciprocalRank());
    return row;
  }
}
