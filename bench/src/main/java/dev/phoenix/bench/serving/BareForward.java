package dev.phoenix.bench.serving;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Artifacts;
import java.util.ArrayList;
import java.util.List;
import xai.recsys.v1.NextActionDistribution;
import xai.recsys.v1.PredictNextActionsResponse;

/**
 * The forward pass of the ranker alone: no messages, no queue, features hashed in advance. A
 * server's times are compared with it.
 */
final class BareForward implements AutoCloseable {
  private final Ops ops;
  private final EmbeddingTables tables;
  private final Ranker ranker;
  private final RankerOutput output;
  private final List<HistoryFeatures> histories = new ArrayList<>();
  private final List<CandidateFeatures> candidates = new ArrayList<>();

  BareForward(Artifacts artifacts, RankRequests requests) {
    this.ops = CpuOps.create(Precision.FLOAT32, Runtime.getRuntime().availableProcessors());
    this.ranker = Ranker.load(ops, artifacts.model("ranker"));
    this.tables =
        EmbeddingTables.open(
            artifacts.model("ranker").resolve("embedding_tables.npz"), ranker.config());
    this.output = ranker.output();
    for (int i = 0; i < requests.count(); i++) {
      histories.add(requests.history(i, ranker.config(), tables));
      candidates.add(requests.candidates(i, ranker.config(), tables));
    }
  }

  /** The time in nanoseconds of {@code count} requests from {@code first} on, as one batch. */
  long run(int first, int count) {
    int from = first % (histories.size() - count + 1);
    long begin = System.nanoTime();
    ranker.rank(
        output, histories.subList(from, from + count), candidates.subList(from, from + count));
    return System.nanoTime() - begin;
  }

  /**
   * Whether a server's answer to request {@code number} has the bits of this forward pass.
   *
   * @param answer a {@link PredictNextActionsResponse}
   */
  boolean agrees(int number, byte[] answer) throws java.io.IOException {
    run(number, 1);
    var distributions =
        PredictNextActionsResponse.parseFrom(answer)
            .getDistributionSets(0)
            .getCandidateDistributionsList();
    boolean same = distributions.size() == output.candidates(0);
    for (int i = 0; same && i < distributions.size(); i++) {
      NextActionDistribution found = distributions.get(i);
      for (int action = 0; action < output.actions(); action++) {
        same &=
            Float.floatToIntBits(found.getLogits(action))
                == Float.floatToIntBits(output.logit(0, i, action));
      }
    }
    return same;
  }

  @Override
  public void close() {
    ranker.close();
    tables.close();
    ops.close();
  }
}
