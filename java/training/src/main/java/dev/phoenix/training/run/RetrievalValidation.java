package dev.phoenix.training.run;

import dev.phoenix.dataset.DatasetException;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.EngagedEvents;
import dev.phoenix.evaluation.FullRanking;
import dev.phoenix.evaluation.RankMetrics;
import dev.phoenix.evaluation.VectorScorer;
import dev.phoenix.feature.Exclude;
import dev.phoenix.training.Towers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Leave one out on the validation events, over all users, or 50,000 evenly chosen ones. */
record RetrievalValidation(Towers towers, LeaveOneOut split, PostTable table)
    implements Validation {
  private static final int MAX_USERS = 50_000;
  private static final int PASS = 512;

  RetrievalValidation {
    if (split.folds().isEmpty()) {
      throw new DatasetException(
          split.dataset().source()
              + ": expected a user with three positive events, to measure on the last but one,"
              + " found none");
    }
  }

  @Override
  public SequencedMap<String, Double> measure() {
    RankMetrics found = rank(split.atMost(MAX_USERS), LeaveOneOut.Part.VALIDATION);
    SequencedMap<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("HR@10", found.hitRate(10));
    metrics.put("NDCG@10", found.ndcg(10));
    metrics.put("HR@50", found.hitRate(50));
    return metrics;
  }

  @Override
  public List<String> names() {
    return List.of("HR@10", "NDCG@10", "HR@50");
  }

  private RankMetrics rank(LeaveOneOut chosen, LeaveOneOut.Part part) {
    List<LeaveOneOut.Fold> folds = chosen.folds();
    int columns = towers.dimension();
    float[] users = new float[folds.size() * columns];
    for (int from = 0; from < folds.size(); from += PASS) {
      HistoryRows rows = new HistoryRows(table);
      int to = Math.min(folds.size(), from + PASS);
      for (LeaveOneOut.Fold fold : folds.subList(from, to)) {
        UserEvents user = split.dataset().users().get(fold.user());
        int known = fold.target(part);
        rows.add(
            user.userId(),
            user.events(),
            EngagedEvents.read(table.config(), user.events(), known),
            HistoryRows.Detail.ACTIONS_ONLY);
      }
      float[] pass = new float[(to - from) * columns];
      towers.encodeUsers(pass, rows.batch());
      System.arraycopy(pass, 0, users, from * columns, pass.length);
    }
    float[] posts = new float[split.dataset().catalog().size() * columns];
    towers.encodeCandidates(posts, table.all());
    return new FullRanking(chosen, Exclude.SEEN)
        .evaluate(new VectorScorer("two towers", folds, users, posts, columns), part);
  }
}
