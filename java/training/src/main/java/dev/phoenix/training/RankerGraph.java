package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.LossSum;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Growable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/**
 * The ranker's forward and backward pass: tokens of histories and candidates, the transformer and
 * the heads. Source: docs/model.md#3-features, #4-transformer, #5-ranker-outputs and #9-training.
 */
final class RankerGraph implements AutoCloseable {
  private static final String PREFIX = "phoenix_model/";

  private final GradientOps ops;
  private final TrainingState state;
  private final ModelConfig config;
  private final HistoryTokenGraph historyTokens;
  private final CandidateTokenGraph candidateTokens;
  private final TransformerGraph transformer;
  private final Trainable head;
  private final Closer parts;
  private final KeyValues kept;
  private final RowLayout candidateRows = new RowLayout();
  private final Growable<RowStates> histories;
  private final Growable<RowStates> candidates;
  private final Growable<Heads> heads;

  private RankerGraph(Closer parts, TrainingState state) {
    this.parts = parts;
    this.state = state;
    this.ops = state.ops();
    this.config = state.config().model();
    ParameterStore parameters = state.parameters();
    Trainable surfaces = parameters.whole(PREFIX + "product_surface_embedding_table");
    this.historyTokens =
        parts.own(new HistoryTokenGraph(ops, state.scope(), config, parameters, surfaces));
    this.candidateTokens =
        parts.own(new CandidateTokenGraph(ops, state.scope(), config, parameters, surfaces));
    this.transformer =
        new TransformerGraph(
            ops,
            config,
            TrainedLayer.all(parameters, config),
            parameters.whole(PREFIX + "rms_norm/scale"));
    this.head = parameters.beside(PREFIX + "unembeddings", PREFIX + "continuous_unembeddings");
    Scope scope = parts.own(Scope.create("ranker graph"));
    this.kept = ops.keyValues(scope, 1, TransformerGraph.heads(config));
    this.histories = parts.own(RowStates.growable(ops, config));
    this.candidates = parts.own(RowStates.growable(ops, config));
    this.heads =
        parts.own(
            new Growable<>(
                rows -> ops.capacityFor(rows + rows / 4),
                capacity -> Heads.create(ops, outputs(), capacity)));
  }

  static RankerGraph create(TrainingState state) {
    return Closer.open(parts -> new RankerGraph(parts, state));
  }

  private int outputs() {
    return config.actions().numActions() + config.actions().numContinuousActions();
  }

  /** The logits of a pass and their gradients. */
  private record Heads(Scope scope, Tensor logits, Tensor dLogits) implements AutoCloseable {
    static Heads create(Ops ops, int columns, int capacity) {
      Shape shape = new Shape(capacity, columns);
      return Scope.build(
          "ranker heads",
          scope ->
              new Heads(
                  scope, ops.tensor(scope, "logits", shape), ops.tensor(scope, "d_logits", shape)));
    }

    @Override
    public void close() {
      scope.close();
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

  /**
   * The pass that begins at user {@code from}, with about the backend's preferred number of rows.
   */
  Pass pass(HistoryBatch batch, CandidateBatch candidateBatch, int from) {
    int to = from;
    int rows = 0;
    do {
      rows += 1 + batch.length(to) + candidateBatch.length(to);
      to++;
    } while (to < batch.users() && rows < ops.preferredRows());
    return new Pass(batch, candidateBatch, from, to);
  }

  /** Multiplies the small tables by their blocks; called once per step, before the first pass. */
  void fold() {
    historyTokens.folded().forEach(FoldedTable::fold);
    candidateTokens.folded().forEach(FoldedTable::fold);
  }

  /** Propagates the gradients of the products; called once per step, after the last pass. */
  void unfold() {
    historyTokens.folded().forEach(FoldedTable::unfold);
    candidateTokens.folded().forEach(FoldedTable::unfold);
  }

  /** Computes the logits of the candidates of a pass. */
  void forward(Pass pass, DropoutMasks drops) {
    historyTokens.lay(kept.history(), pass.histories(), pass.from(), pass.to());
    candidateTokens.lay(candidateRows, pass.candidates(), pass.from(), pass.to());
    RowStates history = histories.reserve(kept.history().rows());
    RowStates candidate = candidates.reserve(candidateRows.rows());
    Heads outputs = heads.reserve(candidateRows.rows());
    historyTokens.build(
        history.tokens(), kept.history(), pass.histories(), pass.from(), state.table());
    candidateTokens.build(
        candidate.tokens(),
        pass.candidateCount(),
        pass.candidates(),
        pass.firstCandidate(),
        state.table());
    drops.apply(history.tokens(), DropoutMasks.TOKENS);
    drops.ofCandidates().apply(candidate.tokens(), DropoutMasks.TOKENS);
    transformer.forward(history, candidate, candidateRows, kept, drops);
    ops.matmul(outputs.logits(), candidate.normed(), head);
  }

  /** Adds the loss of the pass to {@code sum} and computes its gradient by the logits. */
  void loss(ActionTargets targets, LossSum sum) {
    Heads outputs = heads.get();
    ops.actionLoss(outputs.dLogits(), outputs.logits(), targets, sum);
  }

  /** Adds the gradients of parameters and embedding rows. */
  void backward(DropoutMasks drops) {
    RowStates history = histories.get();
    RowStates candidate = candidates.get();
    Tensor dLogits = heads.get().dLogits();
    ops.matmulWeightGradient(head, candidate.normed(), dLogits);
    ops.matmulInputGradient(candidate.dNormed(), dLogits, head);
    transformer.backward(history, candidate, candidateRows, kept.history(), drops);
    drops.ofCandidates().apply(candidate.dHidden(), DropoutMasks.TOKENS);
    drops.apply(history.dHidden(), DropoutMasks.TOKENS);
    candidateTokens.backward(candidate.dHidden(), state.rowGradients());
    historyTokens.backward(history.dHidden(), state.rowGradients());
  }

  /** Copies the sigmoids of the pass's logits to the rows from {@code first} on. */
  void copyOutputs(float[] probabilities, float[] continuous, int first) {
    Tensor sigmoids = heads.get().dLogits();
    ops.sigmoid(sigmoids, heads.get().logits());
    float[] all = sigmoids.toArray();
    int actions = config.actions().numActions();
    int values = config.actions().numContinuousActions();
    for (int row = 0; row < sigmoids.rows(); row++) {
      int at = row * outputs();
      System.arraycopy(all, at, probabilities, (first + row) * actions, actions);
      System.arraycopy(all, at + actions, continuous, (first + row) * values, values);
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
