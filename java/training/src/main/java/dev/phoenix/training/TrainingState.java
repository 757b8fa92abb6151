package dev.phoenix.training;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.checkpoint.Vocabulary;
import dev.phoenix.ops.AdagradStep;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.LossSum;
import dev.phoenix.ops.OptimizerStep;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.StepOutcome;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.ops.TrainedParts;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** The state of both trainers: parameters, the embedding table, and the step of the optimisers. */
final class TrainingState implements AutoCloseable {
  private static final int INITIAL_BLOCK = 1024;

  private final GradientOps ops;
  private final TrainingConfig config;
  private final Scope scope;
  private final ParameterStore parameters;
  private final TrainableTable table;
  private final RowGradients rowGradients;
  private final LossSum lossSum;
  private long seed;
  private long step;
  private long skipped;
  private long[] progress = {};
  private final SequencedMap<String, String> notes = new LinkedHashMap<>();

  private TrainingState(
      Scope scope, GradientOps ops, TrainingConfig config, ParameterLayout layout) {
    this.scope = scope;
    this.ops = ops;
    this.config = config;
    this.parameters = new ParameterStore(ops, scope, layout);
    this.table = ops.trainableTable(scope, tableShape(config.model()));
    this.rowGradients = ops.rowGradients(scope, table);
    this.lossSum = ops.lossSum(scope);
  }

  static TrainingState create(GradientOps ops, TrainingConfig config, ParameterLayout layout) {
    return Scope.build("training", scope -> new TrainingState(scope, ops, config, layout));
  }

  private static Shape tableShape(ModelConfig model) {
    if (model.hashCounts().ip() > 0) {
      throw new IllegalArgumentException(
          "num_ip_hashes: expected 0, for no table holds IP hashes, found "
              + model.hashCounts().ip());
    }
    long rows = vocabulary(model).combinedRows();
    if (rows * model.embSize() > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "embedding tables: expected at most 2^31 values, found %d rows of %d"
              .formatted(rows, model.embSize()));
    }
    return new Shape((int) rows, model.embSize());
  }

  static Vocabulary vocabulary(ModelConfig model) {
    return model
        .vocabulary()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "training needs user_vocab_size, item_vocab_size and author_vocab_size in the"
                        + " configuration"));
  }

  /** Sets random parameters; see {@link TrainingConfig.Initial}. */
  void initialise(long newSeed) {
    seed = newSeed;
    parameters.set(
        trainable -> trainable.value(),
        name -> initial(name, parameters.shapes().getOrDefault(name, new long[0])));
    SplittableRandom random = new SplittableRandom(newSeed);
    float[] rows = new float[INITIAL_BLOCK * table.columns()];
    for (int from = Vocabulary.RESERVED_ROWS; from < table.rows(); from += INITIAL_BLOCK) {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (float) (random.nextGaussian() * config.initial().embeddings());
      }
      table.setRows(from, Math.min(INITIAL_BLOCK, table.rows() - from), rows);
    }
    float[] accumulators = new float[table.rows()];
    java.util.Arrays.fill(accumulators, (float) config.embeddings().initialAccumulator());
    table.setAccumulators(0, table.rows(), accumulators);
  }

  /**
   * Makes the embedding rows those of another model with the same rows.
   *
   * @throws IllegalArgumentException where {@code tables} have others
   */
  void startRows(EmbeddingTables tables) {
    Vocabulary expected = vocabulary(config.model());
    if (!tables.vocabulary().equals(expected) || tables.dimension() != table.columns()) {
      throw new IllegalArgumentException(
          "expected embedding tables of %s rows of %d values, found %s of %d"
              .formatted(expected, table.columns(), tables.vocabulary(), tables.dimension()));
    }
    float[] rows = new float[INITIAL_BLOCK * table.columns()];
    for (int from = Vocabulary.RESERVED_ROWS; from < table.rows(); from += INITIAL_BLOCK) {
      int count = Math.min(INITIAL_BLOCK, table.rows() - from);
      for (int i = 0; i < count; i++) {
        tables.copyRow(from + i, rows, i * table.columns());
      }
      table.setRows(from, count, rows);
    }
  }

  private float[] initial(String name, long[] shape) {
    SplittableRandom random = new SplittableRandom(seed * 31 + name.hashCode());
    float[] values = new float[ParameterStore.elements(shape)];
    boolean branch = name.endsWith("rms_norm_1/scale") || name.endsWith("rms_norm_3/scale");
    boolean table = name.endsWith("_table") || name.endsWith("action_projection");
    for (int i = 0; i < values.length; i++) {
      if (name.equals(ParameterLayout.LOG_TEMPERATURE)) {
        values[i] = (float) config.retrieval().logTemperature();
      } else if (shape.length < 2) {
        values[i] = branch ? (float) config.initial().branchScale() : 1;
      } else {
        double deviation = table ? config.initial().tables() : 1 / Math.sqrt((double) shape[0]);
        values[i] = (float) (random.nextGaussian() * deviation);
      }
    }
    if (config.initial().posts() == TrainingConfig.InitialPosts.SUM) {
      sumPosts(name, values);
    }
    if (config.initial().tower() == TrainingConfig.InitialTower.IDENTITY) {
      TowerGraph.beginAsSum(name, values, config.model().embSize());
    }
    return values;
  }

  /** Sets the block of a token projection for post and author rows to a stack of identities. */
  private void sumPosts(String name, float[] values) {
    ModelConfig model = config.model();
    if (name.endsWith("/proj_mat_2") || name.endsWith("/proj_mat_3")) {
      int d = model.embSize();
      int inputs = model.hashCounts().post() * d;
      for (int i = 0; i < inputs * d; i++) {
        values[i] = i / d % d == i % d ? 1 : 0;
      }
    }
  }

  /** Sets all gradients to zero. */
  void beginStep() {
    ops.clearGradients(parameters.all());
    rowGradients.clear();
  }

  /** Updates parameters and table rows, unless the loss or a gradient is not finite. */
  StepLog finishStep() {
    double schedule = config.schedule().factor(step);
    double rate = config.dense().learningRate() * schedule;
    TrainingConfig.AdamW dense = config.dense();
    TrainingConfig.RowwiseAdagrad rows = config.embeddings();
    AdamStep denseStep =
        new AdamStep(
            rate,
            dense.beta1(),
            dense.beta2(),
            dense.epsilon(),
            dense.weightDecay(),
            1,
            step - skipped + 1);
    AdagradStep rowStep = new AdagradStep(rows.learningRate() * schedule, rows.epsilon(), 1);
    StepOutcome outcome =
        ops.step(
            new TrainedParts(parameters.moved(), table, rowGradients),
            lossSum,
            new OptimizerStep(denseStep, rowStep, config.clipNorm()));
    step++;
    skipped += outcome.finite() ? 0 : 1;
    return new StepLog(
        step, outcome.loss(), outcome.gradientNorm(), !outcome.finite(), skipped, rate);
  }

  /** The sum of the losses of the passes of a step. */
  LossSum lossSum() {
    return lossSum;
  }

  GradientOps ops() {
    return ops;
  }

  TrainingConfig config() {
    return config;
  }

  Scope scope() {
    return scope;
  }

  ParameterStore parameters() {
    return parameters;
  }

  TrainableTable table() {
    return table;
  }

  RowGradients rowGradients() {
    return rowGradients;
  }

  long step() {
    return step;
  }

  long skipped() {
    return skipped;
  }

  long seed() {
    return seed;
  }

  long[] progress() {
    return progress.clone();
  }

  void note(SequencedMap<String, String> newNotes) {
    notes.clear();
    notes.putAll(newNotes);
  }

  SequencedMap<String, String> notes() {
    return notes;
  }

  /** Sets the counters from a checkpoint. */
  void resumeAt(long newSeed, long newStep, long newSkipped, long[] newProgress) {
    seed = newSeed;
    step = newStep;
    skipped = newSkipped;
    progress = newProgress.clone();
  }

  /** The dropout masks of pass {@code pass} of this step. */
  DropoutMasks drops(int pass) {
    long own = seed * 0x9E3779B97F4A7C15L + step * 0xBF58476D1CE4E5B9L + pass;
    return new DropoutMasks(ops, config.dropout(), own);
  }

  @Override
  public void close() {
    scope.close();
  }
}
