package dev.phoenix.model;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.lifecycle.ThreadGuard;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Growable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The ranking model: predicts the probabilities of many actions for candidates that do not attend
 * to each other. Source: docs/model.md#3-features, #4-transformer and #5-ranker-outputs.
 *
 * <p>The scores of a candidate depend only on the user and history of its request, on the candidate
 * itself and, without right-anchored positions, on its slot modulo C. They are bit-identical
 * whatever else is in the batch.
 *
 * <p>Not thread-safe: a call during a call of another thread throws {@link
 * java.util.ConcurrentModificationException}. For several threads, create one {@link #lane} each;
 * lanes share the weights. Consecutive calls may come from different threads.
 */
public final class Ranker implements AutoCloseable {
  private final Ops ops;
  private final ModelConfig config;
  private final RankerWeights weights;
  private final ThreadGuard guard =
      new ThreadGuard("Ranker", "give every thread a lane of its own with Ranker.lane");
  private final Closer parts;
  private final HistoryTokens historyTokens;
  private final CandidateTokens candidateTokens;
  private final Transformer transformer;
  private final RowLayout candidateRows = new RowLayout();
  private final EncodedHistories passHistories;
  private final Growable<TransformerState> states;
  private final Growable<HeadState> headStates;

  private Ranker(Closer parts, Ops ops, RankerWeights weights) {
    this.parts = parts;
    this.ops = ops;
    this.config = weights.config();
    this.weights = weights;
    this.historyTokens =
        parts.own(new HistoryTokens(ops, weights.tables(), config, weights.history()));
    this.candidateTokens =
        parts.own(new CandidateTokens(ops, weights.tables(), config, weights.candidate()));
    this.transformer = new Transformer(ops, config, weights.transformer());
    this.states =
        parts.own(
            new Growable<>(ops::capacityFor, rows -> TransformerState.create(ops, config, rows)));
    this.headStates =
        parts.own(
            new Growable<>(
                ops::capacityFor, rows -> HeadState.create(ops, headColumns(config), rows)));
    this.passHistories = parts.own(histories());
  }

  /** A ranker with the given parameters. */
  public static Ranker create(Ops ops, ModelConfig config, ModelParameters parameters) {
    return Closer.open(
        parts -> new Ranker(parts, ops, parts.own(RankerWeights.load(ops, config, parameters))));
  }

  /**
   * Creates a ranker for another thread, which shares the weights and tables of this one and has
   * its own state. Close it before this one.
   *
   * @param lane a {@linkplain Ops#lane lane} of this model's operations
   */
  public Ranker lane(Ops lane) {
    return Closer.open(parts -> new Ranker(parts, lane, weights));
  }

  /** The ranker in {@code directory}: {@code config.json} and {@code model_params.npz}. */
  public static Ranker load(Ops ops, Path directory) {
    return load(ops, directory, Optional.empty());
  }

  /**
   * The ranker in {@code directory}, with another choice of events.
   *
   * @param historyEnd which S events of a longer history are read; empty for the configuration's
   *     choice
   */
  public static Ranker load(Ops ops, Path directory, Optional<HistoryEnd> historyEnd) {
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"), historyEnd);
    Path parameters = directory.resolve("model_params.npz");
    return create(ops, config, ModelParameters.open(parameters, ParameterLayout.ranker(config)));
  }

  static int headColumns(ModelConfig config) {
    return config.actions().numActions() + config.actions().numContinuousActions();
  }

  /** The configuration that the model was loaded with. */
  public ModelConfig config() {
    return config;
  }

  /**
   * Lets the backend gather embedding rows from {@code embeddings}: a GPU copies the tables once,
   * and requests that refer to them then send row numbers instead of rows. Requests with other
   * tables or with their own rows still work. Replaces the tables of an earlier call. The caller
   * keeps the tables open as long as the ranker is open, and must not call this while a lane is in
   * use.
   */
  public void useTables(EmbeddingTables embeddings) {
    try (var _ = guard.enter()) {
      weights.tables().use(embeddings);
    }
  }

  /** Creates a holder of encoded histories for {@link #encode}; the caller closes it. */
  public EncodedHistories histories() {
    try (var _ = guard.enter()) {
      return EncodedHistories.create(
          ops, config.transformer().numLayers(), Transformer.heads(config));
    }
  }

  /** An empty output of this model's width. */
  public RankerOutput output() {
    return new RankerOutput(config.actions().numActions(), config.actions().numContinuousActions());
  }

  /** Encodes the histories of {@code requests} into {@code kept}, in one pass. */
  public void encode(EncodedHistories kept, List<? extends HistoryFeatures> requests) {
    encode(kept, requests, Trace.NONE);
  }

  /**
   * Like {@link #encode(EncodedHistories, List)}; calls {@code trace} with the rows after every
   * step.
   */
  public void encode(EncodedHistories kept, List<? extends HistoryFeatures> requests, Trace trace) {
    try (var _ = guard.enter()) {
      RowLayout rows = kept.keyValues().history();
      historyTokens.lay(rows, requests);
      TransformerState state = states.reserve(rows.rows());
      historyTokens.build(state.hidden(), rows);
      trace.see("input_embeddings", state.hidden(), rows);
      Transformer.Depth depth =
          trace.watches() ? Transformer.Depth.OUTPUTS : Transformer.Depth.KEYS_AND_VALUES;
      transformer.encodeHistory(state, kept.keyValues(), depth, trace);
    }
  }

  /**
   * One request of a batch of encoded histories.
   *
   * @param histories the batch
   * @param request index of the request in the batch
   */
  public record EncodedHistory(EncodedHistories histories, int request) {}

  /**
   * Copies encoded histories into {@code to}, one request per element of {@code from}. This joins
   * histories of several passes into one batch to score, or keeps one history of a batch for later
   * batches. The result is bit-identical to encoding them again. Histories of another lane can be
   * copied once the pass that encoded them has been scored.
   *
   * @param from the histories to copy, none of which is in {@code to}
   */
  public void copy(EncodedHistories to, List<EncodedHistory> from) {
    List<KeptHistory> kept =
        from.stream().map(each -> each.histories().kept(each.request())).toList();
    try (var _ = guard.enter()) {
      ops.copyHistories(to.keyValues(), kept);
    }
  }

  /**
   * Scores candidates against encoded histories, in one pass.
   *
   * @param out cleared, then filled
   * @param kept the histories, one per element of {@code candidates}
   */
  public void score(
      RankerOutput out, EncodedHistories kept, List<? extends CandidateFeatures> candidates) {
    score(out, kept, candidates, Trace.NONE);
  }

  /**
   * Like {@link #score(RankerOutput, EncodedHistories, List)}; calls {@code trace} after every
   * step.
   */
  public void score(
      RankerOutput out,
      EncodedHistories kept,
      List<? extends CandidateFeatures> candidates,
      Trace trace) {
    try (var _ = guard.enter()) {
      out.clear();
      appendScores(out, kept, candidates, trace);
    }
  }

  /** Encodes and scores a batch of any size, split into passes of the backend's preferred size. */
  public void rank(
      RankerOutput out,
      List<? extends HistoryFeatures> histories,
      List<? extends CandidateFeatures> candidates) {
    if (histories.size() != candidates.size()) {
      throw new IllegalArgumentException(
          "%d histories, %d lists of candidates".formatted(histories.size(), candidates.size()));
    }
    try (var _ = guard.enter()) {
      out.clear();
      rankPasses(out, histories, candidates);
    }
  }

  private void rankPasses(
      RankerOutput out,
      List<? extends HistoryFeatures> histories,
      List<? extends CandidateFeatures> candidates) {
    int from = 0;
    while (from < histories.size()) {
      int to = from;
      int rows = 0;
      do {
        rows += 1 + histories.get(to).length() + candidates.get(to).count();
        to++;
      } while (to < histories.size() && rows < ops.preferredRows());
      encode(passHistories, histories.subList(from, to));
      appendScores(out, passHistories, candidates.subList(from, to), Trace.NONE);
      from = to;
    }
  }

  private void appendScores(
      RankerOutput out,
      EncodedHistories kept,
      List<? extends CandidateFeatures> candidates,
      Trace trace) {
    if (candidates.size() != kept.requests()) {
      throw new IllegalArgumentException(
          "candidates of %d requests, %d encoded histories"
              .formatted(candidates.size(), kept.requests()));
    }
    candidateTokens.lay(candidateRows, candidates);
    TransformerState state = states.reserve(candidateRows.rows());
    HeadState headState = headStates.reserve(candidateRows.rows());
    candidateTokens.build(state.hidden(), candidateRows);
    trace.see("input_embeddings", state.hidden(), candidateRows);
    transformer.scoreCandidates(state, candidateRows, kept.keyValues(), trace);
    ops.actionHeads(
        headState.probabilities(),
        headState.logits(),
        state.hidden(),
        weights.outputNorm(),
        weights.head());
    out.append(candidateRows, headState.logits(), headState.probabilities());
  }

  /** Closes the ranker, and the weights unless it is a lane. The caller closes the operations. */
  @Override
  public void close() {
    try (var _ = guard.enter()) {
      parts.close();
    }
  }
}
