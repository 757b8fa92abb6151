package dev.phoenix.bench;

import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.util.List;
import java.util.OptionalDouble;

/** Scores candidates against a kept history; the peer cannot keep one. */
final class KeptHistoryComparison implements Comparison {
  private final Ops ops;
  private final Ranker ranker;
  private final RankerOutput output;
  private final RandomBatch batch;
  private final EncodedHistories kept;
  private final List<CandidateFeatures> candidates;

  KeptHistoryComparison(int candidates, int threads) {
    this.ops = CpuOps.create(Precision.FLOAT32, threads);
    this.ranker =
        Ranker.load(
            ops,
            RepositoryFiles.find("checkpoints/src/test/resources/golden/pipeline")
                .resolve("ranker"));
    this.output = ranker.output();
    this.batch = RandomBatch.create(ranker.config(), new RandomBatch.Size(1, candidates), 1);
    this.candidates = batch.candidateLists();
    this.kept = ranker.histories();
    ranker.encode(kept, batch.histories());
  }

  @Override
  public String name() {
    return "Score %d candidates, history kept".formatted(batch.candidates());
  }

  /** Compares with one pass over both; {@link RankComparison} compares that with the peer. */
  @Override
  public String check() {
    phoenix();
    RankerOutput whole = ranker.output();
    ranker.rank(whole, batch.histories(), candidates);
    for (int candidate = 0; candidate < batch.candidates(); candidate++) {
      for (int action = 0; action < output.actions(); action++) {
        float found = output.probability(0, candidate, action);
        float expected = whole.probability(0, candidate, action);
        if (!(found == expected)) {
          throw new CheckFailedException(
              "%s: candidate %d, action %d is %s, in one pass %s"
                  .formatted(name(), candidate, action, found, expected));
        }
      }
    }
    return "bit for bit the probabilities of one pass";
  }

  @Override
  public void phoenix() {
    ranker.score(output, kept, candidates);
  }

  @Override
  public List<Peer> peers() {
    return List.of();
  }

  @Override
  public OptionalDouble target() {
    return OptionalDouble.empty();
  }

  @Override
  public double amount() {
    return batch.candidates();
  }

  @Override
  public String rateUnit() {
    return "candidates";
  }

  @Override
  public void close() {
    kept.close();
    ranker.close();
    ops.close();
  }
}
