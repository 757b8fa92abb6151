package dev.phoenix.fit;

import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.ActionMetrics;
import dev.phoenix.evaluation.EngagedEvents;
import dev.phoenix.evaluation.RankerEvaluation;
import dev.phoenix.feature.PostAge;
import dev.phoenix.training.CandidateBatch;
import dev.phoenix.training.Scorer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The validation impressions of every user, predicted from what the user did before. */
record RankerExam(Scorer scorer, TimeSplit split, PostTable table) implements Exam {
  private static final int PASS = 64;
  private static final int CONTINUOUS = 8;

  @Override
  public SequencedMap<String, Double> sit() {
    int actions = table.config().numActions();
    RankerEvaluation evaluation = new RankerEvaluation(split, LeaveOneOut.Part.VALIDATION);
    List<TimeSplit.Block> blocks = split.blocks(LeaveOneOut.Part.VALIDATION);
    float[] all = new float[evaluation.impressions() * actions];
    int at = 0;
    for (int from = 0; from < blocks.size(); from += PASS) {
      at = score(blocks.subList(from, Math.min(blocks.size(), from + PASS)), all, at);
    }
    double auc = 0;
    double loss = 0;
    SequencedMap<Integer, ActionMetrics> found = evaluation.of(all, actions);
    for (ActionMetrics metrics : found.values()) {
      auc += metrics.auc() / found.size();
      loss += metrics.logLoss() / found.size();
    }
    SequencedMap<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("AUC", auc);
    metrics.put("LogLoss", loss);
    return metrics;
  }

  @Override
  public List<String> names() {
    return List.of("AUC", "LogLoss");
  }

  private int score(List<TimeSplit.Block> blocks, float[] all, int at) {
    int actions = table.config().numActions();
    HistoryRows histories = new HistoryRows(table);
    Candidates candidates = new Candidates(actions);
    for (TimeSplit.Block block : blocks) {
      UserEvents user = split.dataset().users().get(block.user());
      int[] engaged = EngagedEvents.read(table.config(), user.events(), block.from());
      histories.add(user.userId(), user.events(), engaged, HistoryRows.Detail.FULL);
      for (int i = block.from(); i < block.to(); i++) {
        candidates.add(user.events(), i, user.events().surface(i), age(user.events(), i));
      }
      candidates.endUser();
    }
    int count = candidates.posts().length;
    float[] probabilities = new float[count * actions];
    scorer.score(
        probabilities,
        new float[count * CONTINUOUS],
        histories.batch(),
        new CandidateBatch(
            candidates.offsets(),
            table.rows(candidates.posts()),
            candidates.surfaces(),
            candidates.ages()));
    System.arraycopy(probabilities, 0, all, at, probabilities.length);
    return at + probabilities.length;
  }

  private int age(Events events, int i) {
    return PostAge.bucket(
        events.time(i),
        split.dataset().catalog().created(events.posts()[i]),
        table.config().postAgeGranularityMins());
  }
}
