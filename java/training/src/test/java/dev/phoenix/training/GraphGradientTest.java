package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.kernels.reference.SampledSoftmaxReference;
import dev.phoenix.kernels.reference.SampledSoftmaxReference.Role;
import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the gradient of the whole graph for settings that the golden cases lack: the slope of the
 * loss along a random direction in all parameters and rows must equal the dot product of that
 * direction and the gradient.
 */
class GraphGradientTest {
  /** The precision that remains in a central difference of a float32 loss with seven digits. */
  private static final double BOUND = 0.01;

  private static final double STEP = 2e-3;

  static Stream<ConfigText> models() {
    return Stream.of(
        RandomTraining.text(),
        RandomTraining.text().with("enable_linear_proj", false).with("use_log", true),
        RandomTraining.text().with("user_pooling", "\"last\""),
        RandomTraining.text()
            .with("key_size", 6)
            .with("num_kv_heads", 1)
            .with("widening_factor", 4),
        RandomTraining.text().with("right_anchored_rope", true));
  }

  static Stream<TrainingConfig.RetrievalLoss> losses() {
    return Stream.of(
        new TrainingConfig.RetrievalLoss(-1, Set.of(Option.LEARN_TEMPERATURE, Option.IN_BATCH), 9),
        new TrainingConfig.RetrievalLoss(
            -1,
            Set.of(Option.LEARN_TEMPERATURE, Option.LOG_Q, Option.IN_BATCH, Option.EXCLUDE_SAME),
            9),
        new TrainingConfig.RetrievalLoss(
            -1, Set.of(Option.LEARN_TEMPERATURE, Option.LOG_Q, Option.EXCLUDE_SAME), 9),
        new TrainingConfig.RetrievalLoss(-1, Set.of(Option.LEARN_TEMPERATURE), 9));
  }

  @ParameterizedTest
  @MethodSource("models")
  void retrieval(ConfigText text) {
    ModelConfig model = text.parse();
    RandomTraining random = new RandomTraining(model);
    losses()
        .forEach(
            loss -> {
              TrainingConfig config = still(random.config(loss, 0));
              try (GradientOps ops = CpuGradientOps.create(2);
                  RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, 8)) {
                RetrievalBatch batch =
                    random.retrieval(4, 12, !model.sequence().rightAnchoredRope());
                trainer.update(batch);
                checkSlope(trainer.state(), () -> trainer.loss(batch));
              }
            });
  }

  @ParameterizedTest
  @MethodSource("rankers")
  void ranker(ConfigText text, ContinuousLoss kind) {
    RandomTraining random = new RandomTraining(text.parse());
    TrainingConfig base = still(random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0));
    TrainingConfig config =
        new TrainingConfig(
            base.model(),
            base.dense(),
            base.embeddings(),
            base.schedule(),
            base.clipNorm(),
            0,
            base.initial(),
            base.retrieval(),
            new TrainingConfig.RankerLoss(kind, 2));
    try (GradientOps ops = CpuGradientOps.create(2);
        RankerTrainer trainer = RankerTrainer.init(ops, config, 8)) {
      RankerBatch batch = random.ranker(4, 12);
      trainer.update(batch);
      checkSlope(trainer.state(), () -> trainer.loss(batch));
    }
  }

  static Stream<Arguments> rankers() {
    return Stream.of(ContinuousLoss.values())
        .map(
            kind ->
                Arguments.of(
                    RandomTraining.text()
                        .with("right_anchored_rope", kind == ContinuousLoss.MSE)
                        .with("use_log", kind == ContinuousLoss.TWEEDIE),
                    kind));
  }

  /** A copy with learning rates of 0, so that an update computes gradients but changes nothing. */
  private static TrainingConfig still(TrainingConfig config) {
    return new TrainingConfig(
        config.model(),
        new TrainingConfig.AdamW(0, 0.9, 0.99, 1e-8, 0),
        new TrainingConfig.RowwiseAdagrad(0, 1e-10, 0),
        config.schedule(),
        config.clipNorm(),
        config.dropout(),
        config.initial(),
        config.retrieval(),
        config.ranker());
  }

  private static void checkSlope(TrainingState state, DoubleSupplier loss) {
    Random random = new Random(11);
    double slope = 0;
    List<float[]> directions = new ArrayList<>();
    for (Trainable parameter : state.parameters().all()) {
      float[] gradient = parameter.gradient().toArray();
      // Has the signs of the gradient, so that the slope is large enough to measure.
      float[] direction = direction(gradient, random);
      directions.add(direction);
      slope += product(gradient, direction);
    }
    float[] rows = rowGradients(state);
    float[] rowDirection = direction(rows, random);
    slope += product(rows, rowDirection);
    double above = lossAt(state, directions, rowDirection, STEP, loss);
    double below = lossAt(state, directions, rowDirection, -2 * STEP, loss);
    assertEquals(slope, (above - below) / (2 * STEP), BOUND * Math.abs(slope), "slope");
  }

  private static float[] direction(float[] gradient, Random random) {
    double norm = 1e-12;
    for (float g : gradient) {
      norm += (double) g * g;
    }
    float[] direction = new float[gradient.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) (gradient[i] / Math.sqrt(norm) * (0.5 + random.nextDouble()));
    }
    return direction;
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static float[] rowGradients(TrainingState state) {
    int columns = state.table().columns();
    float[] all = new float[state.table().rows() * columns];
    float[] row = new float[columns];
    RowGradients used = state.rowGradients();
    for (int i = 0; i < used.count(); i++) {
      used.copyGradient(i, row);
      System.arraycopy(row, 0, all, used.row(i) * columns, columns);
    }
    return all;
  }

  /** The loss after all parameters have been moved by {@code step} along the direction. */
  private static double lossAt(
      TrainingState state,
      List<float[]> directions,
      float[] rowDirection,
      double step,
      DoubleSupplier loss) {
    for (int p = 0; p < directions.size(); p++) {
      Trainable parameter = state.parameters().all().get(p);
      parameter.value().set(moved(parameter.value().toArray(), directions.get(p), step));
    }
    state.ops().refresh(state.parameters().all());
    float[] rows = new float[rowDirection.length];
    state.table().copyRows(0, state.table().rows(), rows);
    state.table().setRows(0, state.table().rows(), moved(rows, rowDirection, step));
    return loss.getAsDouble();
  }

  private static float[] moved(float[] from, float[] direction, double step) {
    float[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      to[i] += (float) (step * direction[i]);
    }
    return to;
  }

  /** The loss over distinct posts equals the definition's loss over all candidates. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSoftmaxCountsWhatTheDefinitionCounts(boolean logQ) {
    Set<Option> options = EnumSet.of(Option.LEARN_TEMPERATURE, Option.IN_BATCH);
    if (logQ) {
      options.add(Option.LOG_Q);
    }
    TrainingConfig.RetrievalLoss loss = new TrainingConfig.RetrievalLoss(-1, options, 9);
    ModelConfig model = RandomTraining.text().parse();
    RandomTraining random = new RandomTraining(model);
    try (GradientOps ops = CpuGradientOps.create(2);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, random.config(loss, 0), 8)) {
      RetrievalBatch batch = random.retrieval(9, 12, false);
      assertEquals(definition(trainer, batch, loss), trainer.loss(batch), 1e-5);
    }
  }

  private static double definition(
      RetrievalTrainer trainer, RetrievalBatch batch, TrainingConfig.RetrievalLoss loss) {
    int d = trainer.dimension();
    float[] users = new float[batch.histories().users() * d];
    trainer.encodeUsers(users, batch.histories());
    int own = batch.candidates().count();
    int all = own + batch.globalNegatives().count();
    float[] vectors = new float[own * d];
    trainer.encodeCandidates(vectors, batch.candidates());
    float[] globals = new float[(all - own) * d];
    trainer.encodeCandidates(globals, batch.globalNegatives());
    vectors = Arrays.copyOf(vectors, all * d);
    System.arraycopy(globals, 0, vectors, own * d, globals.length);
    int[] owners = new int[all];
    Role[] roles = new Role[all];
    for (int c = 0; c < all; c++) {
      owners[c] = SampledSoftmaxReference.NOBODY;
      roles[c] = Role.OTHER;
      for (int q = 0; c < own && q < batch.queries().count(); q++) {
        if (c >= batch.candidateOffsets()[q] && c < batch.candidateOffsets()[q + 1]) {
          owners[c] = q;
        }
      }
      if (c < own) {
        roles[c] =
            batch.positive()[c]
                ? Role.POSITIVE
                : batch.hardNegative()[c] ? Role.HARD_NEGATIVE : Role.OTHER;
      }
    }
    float[] corrections = loss.has(Option.LOG_Q) ? corrections(batch, all) : new float[all];
    return SampledSoftmaxReference.apply(
        new SampledSoftmaxReference.Gradients(
            new float[users.length], new float[vectors.length], new float[1]),
        users,
        new SampledSoftmaxReference.Candidates(vectors, owners, roles, corrections),
        (float) loss.logTemperature(),
        d);
  }

  private static float[] corrections(RetrievalBatch batch, int all) {
    int own = batch.candidates().count();
    List<String> posts = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int c = 0; c < all; c++) {
      PostRows rows = c < own ? batch.candidates() : batch.globalNegatives();
      int at = 4 * (c < own ? c : c - own);
      String post = Arrays.toString(Arrays.copyOfRange(rows.rows(), at, at + 4));
      posts.add(post);
      counts.merge(post, 1, Integer::sum);
    }
    float[] corrections = new float[all];
    for (int c = 0; c < all; c++) {
      corrections[c] = (float) -Math.log(counts.getOrDefault(posts.get(c), 1));
    }
    return corrections;
  }
}
