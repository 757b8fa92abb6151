package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.SoftmaxQueries;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Trains the two towers. A step encodes the distinct candidates of the batch once, then splits the
 * users into passes and runs forward, loss and backward for each, and finally the backward pass of
 * the candidates. Not thread-safe. Source: docs/model.md#9-training.
 */
public final class RetrievalTrainer extends StateTrainer<RetrievalBatch> implements Towers {
  private static final String SURFACES = "phoenix_retrieval_model/product_surface_embedding_table";

  private final GradientOps ops;
  private final TrainingConfig config;
  private final HistoryTokenGraph tokens;
  private final UserGraph users;
  private final TowerGraph tower;
  private final Trainable logTemperature;
  private final SoftmaxPlan plan;
  private final BatchChecks checks;
  private final ScoreBuffer room;

  private RetrievalTrainer(Closer parts, GradientOps ops, TrainingConfig config) {
    super(parts, TrainingState.create(ops, config, ParameterLayout.retrieval(config.model())));
    ModelConfig model = config.model();
    this.ops = ops;
    this.config = config;
    TrainingState state = state();
    ParameterStore parameters = state.parameters();
    this.tokens =
        parts.own(
            new HistoryTokenGraph(
                ops, state.scope(), model, parameters, parameters.whole(SURFACES)));
    TransformerGraph transformer =
        new TransformerGraph(ops, model, TrainedLayer.all(parameters, model), null);
    this.users = parts.own(UserGraph.create(state, tokens, transformer));
    this.tower = parts.own(new TowerGraph(ops, model, parameters));
    this.logTemperature = parameters.whole(ParameterLayout.LOG_TEMPERATURE);
    if (!config.retrieval().has(Option.LEARN_TEMPERATURE)) {
      parameters.freeze(logTemperature);
    }
    this.plan = new SoftmaxPlan(config.retrieval(), model.hashCounts().post());
    this.checks = new BatchChecks(model);
    this.room = parts.own(new ScoreBuffer(ops));
  }

  /** Creates a trainer with random parameters, which depend on the seed alone. */
  public static RetrievalTrainer init(GradientOps ops, TrainingConfig config, long seed) {
    return init(parts -> new RetrievalTrainer(parts, ops, config), seed);
  }

  /**
   * Resumes a training from a checkpoint that {@link #save} wrote.
   *
   * @throws IllegalArgumentException if the checkpoint has another model or loss
   */
  public static RetrievalTrainer resume(GradientOps ops, TrainingConfig config, Path checkpoint) {
    return resume(parts -> new RetrievalTrainer(parts, ops, config), checkpoint);
  }

  @Override
  void run(RetrievalBatch batch, Purpose purpose) {
    boolean trains = purpose == Purpose.TRAIN;
    TrainingState state = state();
    checks.requireHistories(batch.histories());
    checks.requirePosts("candidates", batch.candidates());
    checks.requirePosts("global negatives", batch.globalNegatives());
    checks.requireQueries(batch);
    tokens.folded().forEach(FoldedTable::fold);
    PostRows posts = plan.number(batch);
    SoftmaxQueries queries = plan.queries(batch);
    Trainable candidates = tower.encode(posts, state.table());
    state.lossSum().clear();
    int user = 0;
    int query = 0;
    for (int number = 0; user < batch.histories().users(); number++) {
      UserGraph.Pass pass = users.pass(batch.histories(), batch.queries(), user, query);
      user = pass.to();
      query = pass.endQuery();
      if (pass.count() > 0) {
        DropoutMasks drops = trains ? state.drops(number) : DropoutMasks.none(ops);
        Tensor units = users.forward(pass, drops);
        Tensor scores = score(pass, units, candidates, queries);
        if (trains) {
          ops.matmul(users.unitGradients(), scores, candidates);
          ops.matmulWeightGradient(candidates, scores, units);
          users.backward(drops);
        }
      }
    }
    if (trains) {
      tower.backward(posts, state.rowGradients());
      tokens.folded().forEach(FoldedTable::unfold);
      if (config.retrieval().has(Option.LEARN_TEMPERATURE)) {
        ops.addTemperatureGradient(logTemperature, state.lossSum());
      }
    }
  }

  /** Computes the scores of a pass and replaces them by the gradients of the loss. */
  private Tensor score(
      UserGraph.Pass pass, Tensor units, Trainable candidates, SoftmaxQueries queries) {
    int columns = candidates.shape().rows();
    Tensor scores = room.of(pass.count(), columns);
    ops.matmulInputGradient(scores, units, candidates);
    ops.sampledSoftmax(scores, queries, pass.firstQuery(), logTemperature, state().lossSum());
    return scores;
  }

  @Override
  public int dimension() {
    return config.model().embSize();
  }

  @Override
  public void encodeUsers(float[] out, HistoryBatch histories) {
    checks.requireHistories(histories);
    tokens.folded().forEach(FoldedTable::fold);
    Queries queries = Queries.whole(histories);
    int user = 0;
    while (user < histories.users()) {
      UserGraph.Pass pass = users.pass(histories, queries, user, user);
      users.forward(pass, DropoutMasks.none(ops)).copyTo(out, user * dimension());
      user = pass.to();
    }
  }

  @Override
  public void encodeCandidates(float[] out, PostRows posts) {
    checks.requirePosts("posts", posts);
    int hashes = posts.hashes();
    int block = 4 * ops.preferredRows();
    for (int from = 0; from < posts.count(); from += block) {
      int count = Math.min(block, posts.count() - from);
      int[] rows =
          java.util.Arrays.copyOfRange(posts.rows(), from * hashes, (from + count) * hashes);
      tower
          .encode(new PostRows(count, rows), state().table())
          .value()
          .copyTo(out, from * dimension());
    }
  }

  @Override
  public TopK retrieve(HistoryBatch histories, PostRows corpus, int k) {
    float[] vectors = new float[histories.users() * dimension()];
    encodeUsers(vectors, histories);
    float[] posts = new float[corpus.count() * dimension()];
    encodeCandidates(posts, corpus);
    try (Arena arena = Arena.ofShared();
        Scope scope = Scope.create("corpus")) {
      MemorySegment rows = arena.allocate(ValueLayout.JAVA_FLOAT, posts.length);
      MemorySegment.copy(posts, 0, rows, ValueLayout.JAVA_FLOAT, 0, posts.length);
      Shape shape = new Shape(corpus.count(), dimension());
      CorpusIndex index = ops.corpusIndex(scope, rows, shape, Precision.FLOAT32);
      return ops.topK(index, TopKQuery.unmasked(vectors, histories.users(), k));
    }
  }
}
