package dev.phoenix.model;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.ops.Ops;
import java.util.List;

/** A ranker with the buffers for consecutive requests. */
final class RankerBench implements AutoCloseable {
  private final Ops ops;
  private final Ranker ranker;
  private final EncodedHistories kept;
  private final RankerOutput output;

  /** Takes ownership of {@code ops}. */
  RankerBench(Ops ops, ModelConfig config, ModelParameters parameters) {
    this.ops = ops;
    this.ranker = Ranker.create(ops, config, parameters);
    this.kept = ranker.histories();
    this.output = ranker.output();
  }

  Ranker ranker() {
    return ranker;
  }

  EncodedHistories kept() {
    return kept;
  }

  RankerOutput output() {
    return output;
  }

  void encode(HistoryFeatures history) {
    ranker.encode(kept, List.of(history));
  }

  /**
   * Scores one request and returns logits, probabilities and continuous outputs of every candidate.
   */
  float[] score(CandidateFeatures candidates) {
    ranker.score(output, kept, List.of(candidates));
    return values(output, 0);
  }

  float[] rank(HistoryFeatures history, CandidateFeatures candidates) {
    encode(history);
    return score(candidates);
  }

  /** All outputs of request {@code request}, by candidate. */
  static float[] values(RankerOutput output, int request) {
    int actions = output.actions();
    int width = 2 * actions + output.continuousActions();
    float[] values = new float[output.candidates(request) * width];
    for (int i = 0; i < output.candidates(request); i++) {
      for (int action = 0; action < actions; action++) {
        values[i * width + action] = output.logit(request, i, action);
        values[i * width + actions + action] = output.probability(request, i, action);
      }
      for (int index = 0; index < output.continuousActions(); index++) {
        values[i * width + 2 * actions + index] = output.continuous(request, i, index);
      }
    }
    return values;
  }

  @Override
  public void close() {
    kept.close();
    ranker.close();
    ops.close();
  }
}
