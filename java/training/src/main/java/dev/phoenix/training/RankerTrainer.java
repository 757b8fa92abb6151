package dev.phoenix.training;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.feature.DwellTime;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.GradientOps;
import java.nio.file.Path;

/**
 * Trains the ranker. A step splits the users into passes and runs forward, loss and backward for
 * each. Not thread-safe. Source: docs/model.md#9-training.
 */
public final class RankerTrainer extends StateTrainer<RankerBatch> implements Scorer {
  private final TrainingConfig config;
  private final RankerGraph graph;
  private final BatchChecks checks;
  private final DwellTime dwellTime;
  private float[] targetsOfPass = new float[0];
  private boolean[] sampledOfPass = new boolean[0];
  private float[] dwellOfPass = new float[0];

  private RankerTrainer(Closer parts, GradientOps ops, TrainingConfig config) {
    super(parts, TrainingState.create(ops, config, ParameterLayout.ranker(config.model())));
    ModelConfig model = config.model();
    requireDwell(config);
    this.config = config;
    this.graph = parts.own(RankerGraph.create(state()));
    this.checks = new BatchChecks(model);
    this.dwellTime = new DwellTime((float) model.features().normScale(), model.features().useLog());
  }

  /** Throws if the model lacks the continuous output 1, which the continuous loss needs. */
  private static void requireDwell(TrainingConfig config) {
    int outputs = config.model().actions().numContinuousActions();
    if (config.ranker().weight() != 0 && outputs <= ActionTargets.DWELL) {
      throw new IllegalArgumentException(
          "num_continuous_actions: expected 2 or more for a continuous loss, found " + outputs);
    }
  }

  /** Creates a trainer with random parameters, which depend on the seed alone. */
  public static RankerTrainer init(GradientOps ops, TrainingConfig config, long seed) {
    return init(parts -> new RankerTrainer(parts, ops, config), seed);
  }

  /**
   * A new model with the embedding rows of another and otherwise random parameters; the same seed
   * gives the same.
   *
   * @param tables of a model with the same hashes
   * @throws IllegalArgumentException where they have other rows
   */
  public static RankerTrainer init(
      GradientOps ops, TrainingConfig config, long seed, EmbeddingTables tables) {
    RankerTrainer trainer = init(ops, config, seed);
    try {
      trainer.state().startRows(tables);
      return trainer;
    } catch (RuntimeException | Error e) {
      trainer.close();
      throw e;
    }
  }

  /**
   * The training that {@link #save} wrote.
   *
   * @throws IllegalArgumentException if the checkpoint has another model or loss
   */
  public static RankerTrainer resume(GradientOps ops, TrainingConfig config, Path checkpoint) {
    return resume(parts -> new RankerTrainer(parts, ops, config), checkpoint);
  }

  @Override
  void run(RankerBatch batch, Purpose purpose) {
    boolean trains = purpose == Purpose.TRAIN;
    HistoryBatch histories = batch.histories();
    CandidateBatch candidates = batch.candidates();
    checks.requireHistories(histories);
    checks.requireCandidates(candidates);
    int actions = config.model().actions().numActions();
    Sizes.require("targets", (long) candidates.posts().count() * actions, batch.targets().length);
    if (config.ranker().weight() != 0) {
      Sizes.require("dwell targets", candidates.posts().count(), batch.dwellTargets().length);
    }
    graph.fold();
    state().lossSum().clear();
    int user = 0;
    for (int number = 0; user < histories.users(); number++) {
      RankerGraph.Pass pass = graph.pass(histories, candidates, user);
      user = pass.to();
      if (pass.candidateCount() > 0) {
        DropoutMasks drops = trains ? state().drops(number) : DropoutMasks.none(state().ops());
        graph.forward(pass, drops);
        graph.loss(targets(batch, pass), state().lossSum());
        if (trains) {
          graph.backward(drops);
        }
      }
    }
    if (trains) {
      graph.unfold();
    }
  }

  /** The targets of the candidates of a pass, with factors that average over the whole batch. */
  private ActionTargets targets(RankerBatch batch, RankerGraph.Pass pass) {
    int actions = config.model().actions().numActions();
    int first = pass.firstCandidate();
    int all = batch.candidates().posts().count();
    int continuous = 0;
    for (boolean sampled : batch.negativeSample()) {
      continuous += sampled ? 0 : 1;
    }
    double weight = config.ranker().weight();
    int count = pass.candidateCount();
    if (sampledOfPass.length < count) {
      targetsOfPass = new float[(count + count / 4) * actions];
      sampledOfPass = new boolean[count + count / 4];
      dwellOfPass = new float[count + count / 4];
    }
    System.arraycopy(batch.targets(), first * actions, targetsOfPass, 0, count * actions);
    System.arraycopy(batch.negativeSample(), first, sampledOfPass, 0, count);
    for (int i = 0; weight != 0 && i < count; i++) {
      dwellOfPass[i] = dwellTime.normalize(batch.dwellTargets()[first + i]);
    }
    return new ActionTargets(
        actions,
        targetsOfPass,
        sampledOfPass,
        dwellOfPass,
        1.0 / all,
        continuous == 0 ? 0 : weight / continuous,
        config.ranker().kind());
  }

  @Override
  public void score(
      float[] probabilities, float[] continuous, HistoryBatch users, CandidateBatch candidates) {
    checks.requireHistories(users);
    checks.requireCandidates(candidates);
    Sizes.require("candidate offsets", users.users() + 1L, candidates.offsets().length);
    graph.fold();
    int user = 0;
    while (user < users.users()) {
      RankerGraph.Pass pass = graph.pass(users, candidates, user);
      user = pass.to();
      if (pass.candidateCount() > 0) {
        graph.forward(pass, DropoutMasks.none(state().ops()));
        graph.copyOutputs(probabilities, continuous, pass.firstCandidate());
      }
    }
  }
}
