package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.LossSum;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/**
 * The ranker over one pass: tokens of histories and candidates, the transformer, the heads; and
 * back. Source: SPEC sections 3 to 5 and 9.
 */
final class RankerGraph implements AutoCloseable {
  private static final String PREFIX = "phoenix_model/";
  private static final int CONTINUOUS = 8;

  private final GradientOps gradients;
  private final Ops ops;
  private final TrainingState state;
  private final ModelConfig config;
  private final HistoryTokenGraph historyTokens;
  private final CandidateTokenGraph candidateTokens;
  private final TransformerGraph transformer;
  private final Trainable head;
  private final Scope scope = Scope.create("ranker graph");
  private final KeyValues kept;
  private final RowLayout candidateRows = new RowLayout();
  private RowStates histories;
  private RowStates candidates;
  private Heads heads;

  RankerGraph(TrainingState state) {
    this.state = state;
    this.gradients = state.ops();
    this.ops = gradients.ops();
    this.config = state.config().model();
    ParameterStore parameters = state.parameters();
    Trainable surfaces = parameters.whole(PREFIX + "product_surface_embedding_table");
    this.historyTokens =
        new HistoryTokenGraph(gradients, state.scope(), config, parameters, surfaces);
    this.candidateTokens =
        new CandidateTokenGraph(gradients, state.scope(), config, parameters, surfaces);
    this.transformer =
        new TransformerGraph(
            gradients,
            config,
            TrainedLayer.all(parameters, config),
            parameters.whole(PREFIX + "rms_norm/scale"));
    this.head = parameters.beside(PREFIX + "unembeddings", PREFIX + "continuous_unembeddings");
    this.kept = ops.keyValues(scope, 1, TransformerGraph.attentionShape(config));
    this.histories = RowStates.create(ops, config, 0);
    this.candidates = RowStates.create(ops, config, 0);
    this.heads = Heads.create(ops, outputs(), 0);
  }

  private int outputs() {
    return config.numActions() + CONTINUOUS;
  }

  /** The logits of a pass and their gradients. */
  private record Heads(Scope scope, int capacity, Tensor logits, Tensor dLogits) {
    static Heads create(Ops ops, int columns, int capacity) {
      Scope scope = Scope.create("ranker heads");
      Shape shape = new Shape(capacity, columns);
      return new Heads(
          scope,
          capacity,
          ops.tensor(scope, "logits", shape),
          ops.tensor(scope, "d_logits", shape));
    }
  }

  /** The users {@code from} to {@code to} (exclusive) of a batch. */
  record Pass(HistoryBatch histories, CandidateBatch candidates, int from, int to) {
    int firstCandidate() {
      return candidates.offsets()[from];
    }

    int candidateCount() {
      return candidates.offsets()[to] - firstCandidate();
    }
  }

  /** The pass that begins at user {@code from}: about as many rows as the backend prefers. */
  Pass pass(HistoryBatch batch, CandidateBatch candidateBatch, int from) {
    int to = from;
    int rows = 0;
    do {
      rows += 1 + batch.length(to) + candidateBatch.length(to);
      to++;
    } while (to < batch.users() && rows < ops.preferredRows());
    return new Pass(batch, candidateBatch, from, to);
  }

  /** Once a step, before the first pass. */
  void fold() {
    historyTokens.folded().forEach(FoldedTable::fold);
    candidateTokens.folded().forEach(FoldedTable::fold);
  }

  /** Once a step, behind the last. */
  void unfold() {
    historyTokens.folded().forEach(FoldedTable::unfold);
    candidateTokens.folded().forEach(FoldedTable::unfold);
  }

  /** The logits of a pass's candidates. */
  void forward(Pass pass, Drops drops) {
    historyTokens.lay(kept.history(), pass.histories(), pass.from(), pass.to());
    candidateTokens.lay(candidateRows, pass.candidates(), pass.from(), pass.to());
    histories = reserve(histories, kept.history().rows());
    candidates = reserve(candidates, candidateRows.rows());
    if (heads.capacity() < candidateRows.rows()) {
      heads.scope().close();
      heads = Heads.create(ops, outputs(), ops.capacityFor(candidateRows.rows() * 5 / 4));
    }
    historyTokens.build(
        histories.tokens(), kept.history(), pass.histories(), pass.from(), state.table());
    candidateTokens.build(
        candidates.tokens(),
        pass.candidateCount(),
        pass.candidates(),
        pass.firstCandidate(),
        state.table());
    drops.apply(histories.tokens(), Drops.TOKENS);
    drops.ofCandidates().apply(candidates.tokens(), Drops.TOKENS);
    transformer.forward(histories, candidates, candidateRows, kept, drops);
    ops.matmul(heads.logits(), candidates.normed(), head);
  }

  private RowStates reserve(RowStates states, int rows) {
    if (states.capacity() >= rows) {
      return states;
    }
    states.close();
    return RowStates.create(ops, config, ops.capacityFor(rows + rows / 4));
  }

  /** The loss of the pass, added to {@code sum}, and its gradient by the logits. */
  void loss(ActionTargets targets, LossSum sum) {
    gradients.actionLoss(heads.dLogits(), heads.logits(), targets, sum);
  }

  /** The parameters' and rows' gradients of the pass. */
  void backward(Drops drops) {
    gradients.matmulWeightGradient(head, candidates.normed(), heads.dLogits());
    gradients.matmulInputGradient(candidates.dNormed(), heads.dLogits(), head);
    transformer.backward(histories, candidates, candidateRows, kept.history(), drops);
    drops.ofCandidates().apply(candidates.dHidden(), Drops.TOKENS);
    drops.apply(histories.dHidden(), Drops.TOKENS);
    candidateTokens.backward(candidates.dHidden(), state.rowGradients());
    historyTokens.backward(histories.dHidden(), state.rowGradients());
  }

  /** The sigmoids of the pass's logits, to the rows from {@code first} on. */
  void copyOutputs(float[] probabilities, float[] continuous, int first) {
    gradients.sigmoid(heads.dLogits(), heads.logits());
    float[] all = heads.dLogits().toArray();
    int actions = config.numActions();
    for (int row = 0; row < heads.dLogits().rows(); row++) {
      int at = row * outputs();
      System.arraycopy(all, at, probabilities, (first + row) * actions, actions);
      System.arraycopy(all, at + actions, continuous, (first + row) * CONTINUOUS, CONTINUOUS);
    }
  }

  @Override
  public void close() {
    heads.scope().close();
    candidates.close();
    histories.close();
    candidateTokens.close();
    historyTokens.close();
    scope.close();
  }
}
