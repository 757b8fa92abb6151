package dev.phoenix.bench;

import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.util.List;

/** Scores candidates against a kept history; the peer cannot keep one. */
final class KeptHistoryComparison extends Comparison {
  private final Ops ops;
  private final Ranker ranker;
  private final RankerOutput output;
  private final RandomBatch batch;
  private final EncodedHistories kept;
  private final List<CandidateFeatures> candidates;

  KeptHistoryComparison(int candidates, int threads) {
    super("Score %d candidates, history kept".formatted(candidates), candidates, "candidates");
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    this.ranker = own(Ranker.load(ops, RepositoryFiles.published("ranker")));
    this.output = ranker.output();
    this.batch = RandomBatch.create(ranker.config(), new RandomBatch.Size(1, candidates), 1);
    this.candidates = batch.candidateLists();
    this.kept = own(ranker.histories());
    ranker.encode(kept, batch.histories());
  }

  /** Compares with one pass over both; {@link RankComparison} compares that with the peer. */
  @Override
  String check() {
    phoenix();
    RankerOutput whole = ranker.output();
    ranker.rank(whole, batch.histories(), candidates);
    for (int candidate = 0; candidate < batch.candidates(); candidate++) {
      for (int action = 0; action < output.actions(); action++) {
        float found = output.probability(0, candidate, action);
        float expected = whole.probability(0, candidate, action);
        if (!(found == expected)) {
          throw wrong(
              "candidate %d, action %d is %s, in one pass %s"
                  .formatted(candidate, action, found, expected));
        }
      }
    }
    return "bit for bit the probabilities of one pass";
  }

  @Override
  void phoenix() {
    ranker.score(output, kept, candidates);
  }
}
