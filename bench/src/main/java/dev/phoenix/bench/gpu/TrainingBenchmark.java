package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.RandomTrainingBatch;
import dev.phoenix.bench.RelativeError;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.gpu.GpuGradientOps;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.RetrievalTrainer;
import dev.phoenix.training.StepLog;
import dev.phoenix.training.Trainer;
import dev.phoenix.training.TrainingConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Times a step of both trainers at the mini release's size. */
final class TrainingBenchmark {
  private static final long SEED = 1;

  /** The bounds of the golden cases on a device, whose transformer runs in bfloat16. */
  private static final double LOSS_BOUND = 0x1p-9;

  /** The users that {@link #LOSS_BOUND} is for. */
  private static final int USERS = 64;

  private static final double GRADIENT_BOUND = 0x1p-5;

  private static final String MINI =
      """
      {"emb_size": 128, "history_seq_len": 127, "candidate_seq_len": 64, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 32, "num_heads": 4,
       "num_layers": 4, "num_actions": 19, "user_vocab_size": 5000, "item_vocab_size": 10000,
       "author_vocab_size": 5000}
      """;

  private static final String REHEARSAL =
      """
      {"emb_size": 32, "history_seq_len": 7, "candidate_seq_len": 4, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 16, "num_heads": 2,
       "num_layers": 1, "num_actions": 19, "user_vocab_size": 50, "item_vocab_size": 100,
       "author_vocab_size": 50}
      """;

  private final Session session;
  private final PartFigures notes;
  private final ModelConfig config;
  private final int users;
  private final int globals;

  TrainingBenchmark(Session session, PartFigures notes) {
    this.session = session;
    this.notes = notes;
    boolean rehearsal = session.scale().isRehearsal();
    this.config = ModelConfig.parse(rehearsal ? REHEARSAL : MINI, "the benchmark's configuration");
    this.users = rehearsal ? 2 : USERS;
    this.globals = rehearsal ? 4 : 1024;
  }

  void run(Budget budget) {
    int s = config.sequence().historySeqLen();
    TrainingConfig training = TrainingConfig.of(config);
    RandomTrainingBatch random = new RandomTrainingBatch(config, users, s);
    Path retrieval = PeerCases.folder(session.peerFolder(), "train_retrieval");
    var positives = random.retrieval(globals);
    random.write(retrieval.resolve("batch.npz"), positives);
    String name =
        "Train retrieval, %d users, S %d, %d global negatives".formatted(users, s, globals);
    measure(
        new Case<>(name, positives, retrieval, ops -> RetrievalTrainer.init(ops, training, SEED)));
    name =
        "Train ranker, %d users, S %d, C %d"
            .formatted(users, s, config.sequence().candidateSeqLen());
    if (budget.left().isZero()) {
      notes.leaveOut(name + ": no time left");
      return;
    }
    Path ranker = PeerCases.folder(session.peerFolder(), "train_ranker");
    var shown = random.ranker();
    random.write(ranker.resolve("batch.npz"), shown);
    measure(new Case<>(name, shown, ranker, ops -> RankerTrainer.init(ops, training, SEED)));
  }

  /** A batch, the folder for the peers, and a factory of its trainer. */
  private record Case<B>(
      String name, B batch, Path folder, Function<GradientOps, Trainer<B>> trainer) {}

  /**
   * Times a step from call to loss. Some of a step runs outside of graphs, so the device's part
   * cannot be replayed alone.
   */
  private <B> void measure(Case<B> training) {
    UnownedDevice device = new UnownedDevice(session.device());
    try (GradientOps ops = GpuGradientOps.create(session.provider(), device, session.form());
        Trainer<B> trainer = training.trainer().apply(ops)) {
      trainer.export(training.folder());
      StepLog log = trainer.update(training.batch());
      String check = check(training, log, trainer.gradients());
      writeCase(training, log, trainer.gradients());
      Runnable step = () -> trainer.update(training.batch());
      notes.add(
          Figure.timed(training.name(), session.timer().host(step), check).withAmount(1, "steps"));
    }
  }

  /** Compares loss and gradients of the first step with the CPU in float32. */
  private <B> String check(Case<B> training, StepLog log, Map<String, float[]> gradients) {
    double worst = 0;
    double loss;
    try (GradientOps cpu = CpuGradientOps.create(Runtime.getRuntime().availableProcessors());
        Trainer<B> exact = training.trainer().apply(cpu)) {
      loss = exact.update(training.batch()).loss();
      for (Map.Entry<String, float[]> expected : exact.gradients().entrySet()) {
        float[] found = Objects.requireNonNull(gradients.get(expected.getKey()), expected.getKey());
        double error = RelativeError.of(found, expected.getValue());
        require(training.name() + ", gradient of " + expected.getKey(), error, GRADIENT_BOUND);
        worst = Math.max(worst, error);
      }
    }
    require(training.name() + ", loss", Math.abs(log.loss() - loss) / loss, lossBound());
    return String.format(
        Locale.ROOT,
        "loss within %.1e and gradients within %.1e (relative L2) of float32 on the CPU",
        lossBound(),
        worst);
  }

  /**
   * The loss is a mean over users, whose rounding errors average out by the root of their number.
   */
  private double lossBound() {
    return LOSS_BOUND * Math.sqrt((double) USERS / users);
  }

  private static void require(String what, double error, double bound) {
    if (!(error <= bound)) {
      throw new CheckFailedException("%s: off by %.3g, allowed %.3g".formatted(what, error, bound));
    }
  }

  private <B> void writeCase(Case<B> training, StepLog log, Map<String, float[]> gradients) {
    try (NpzWriter writer = NpzWriter.create(training.folder().resolve("ours.npz"))) {
      gradients.forEach((name, values) -> writer.write(name, values, values.length));
      writer.commit();
    }
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("kind", "training");
    text.put("name", training.name());
    text.put("loss", log.loss());
    text.put("loss_tolerance", lossBound());
    text.put("tolerance", 2 * GRADIENT_BOUND);
    PeerCases.write(training.folder(), text);
  }
}
