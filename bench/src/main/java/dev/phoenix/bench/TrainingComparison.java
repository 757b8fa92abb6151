package dev.phoenix.bench;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.RetrievalBatch;
import dev.phoenix.training.RetrievalTrainer;
import dev.phoenix.training.StepLog;
import dev.phoenix.training.Trainer;
import dev.phoenix.training.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One training step of a model of the mini release's size: forward, backward and both optimisers.
 * The peer is PyTorch with the same parameters and batch.
 *
 * @param <B> the type of the model's batches
 */
final class TrainingComparison<B> extends Comparison {
  /** The bound of docs/model.md#9-training for the gradients of every tensor. */
  private static final double TOLERANCE = 1e-4;

  private static final String CONFIG =
      """
      {"emb_size": 128, "history_seq_len": 127, "candidate_seq_len": 64, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 32, "num_heads": 4,
       "num_layers": 4, "num_actions": 19, "user_vocab_size": 5000, "item_vocab_size": 10000,
       "author_vocab_size": 5000}
      """;

  private final Trainer<B> trainer;
  private final B batch;
  private final Path directory;
  private final @Nullable TorchPeer peer;

  private TrainingComparison(String name, int users, Made<B> made, int threads) {
    super(name, users, "users");
    own(made.folder);
    own(made.ops);
    this.trainer = own(made.trainer);
    this.batch = made.batch;
    this.directory = made.folder.path();
    if (TorchPeer.isNamed()) {
      trainer.export(directory);
    }
    this.peer = TorchPeer.start(directory, threads);
    if (peer != null) {
      own(peer);
    }
  }

  /** A trainer with its operations and batch, and the folder from which the peer reads both. */
  private record Made<B>(GradientOps ops, Trainer<B> trainer, B batch, TemporaryFolder folder) {}

  /** The two towers: one positive a user, 64 global negatives; histories of 127 posts. */
  static TrainingComparison<RetrievalBatch> retrieval(int users, int threads) {
    return retrieval("Train retrieval, %d users, S 127".formatted(users), users, 127, threads);
  }

  /** Like {@link #retrieval} with histories of 1 to 127 posts, which the peer pads to 127. */
  static TrainingComparison<RetrievalBatch> ragged(int users, int threads) {
    return retrieval("Train retrieval, %d users, S 1-127".formatted(users), users, 1, threads);
  }

  private static TrainingComparison<RetrievalBatch> retrieval(
      String name, int users, int shortest, int threads) {
    ModelConfig config = ModelConfig.parse(CONFIG, "the benchmark's configuration");
    RandomTrainingBatch random = new RandomTrainingBatch(config, users, shortest);
    RetrievalBatch batch = random.retrieval(64);
    TemporaryFolder folder = TemporaryFolder.create("phoenix-training-benchmark");
    random.write(folder.path().resolve("batch.npz"), batch);
    GradientOps ops = CpuGradientOps.create(threads);
    RetrievalTrainer trainer = RetrievalTrainer.init(ops, TrainingConfig.of(config), 1);
    return new TrainingComparison<>(name, users, new Made<>(ops, trainer, batch, folder), threads);
  }

  /** The ranker: 64 candidates a user, histories of 127 posts. */
  static TrainingComparison<RankerBatch> ranker(int users, int threads) {
    ModelConfig config = ModelConfig.parse(CONFIG, "the benchmark's configuration");
    RandomTrainingBatch random = new RandomTrainingBatch(config, users, 127);
    RankerBatch batch = random.ranker();
    TemporaryFolder folder = TemporaryFolder.create("phoenix-training-benchmark");
    random.write(folder.path().resolve("batch.npz"), batch);
    GradientOps ops = CpuGradientOps.create(threads);
    RankerTrainer trainer = RankerTrainer.init(ops, TrainingConfig.of(config), 1);
    String name = "Train ranker, %d users, S 127, 64 candidates each".formatted(users);
    return new TrainingComparison<>(name, users, new Made<>(ops, trainer, batch, folder), threads);
  }

  /** Compares both sides' losses and gradients at the initial parameters. */
  @Override
  String check() {
    Path file = directory.resolve("check.npz");
    if (peer != null) {
      peer.check(file);
    }
    StepLog log = trainer.update(batch);
    if (log.skipped()) {
      throw wrong("a gradient was not finite");
    }
    if (peer == null) {
      return "no peer: -D" + TorchPeer.PROPERTY + " names no Python with PyTorch";
    }
    try (NpzFile found = NpzFile.open(file)) {
      double loss = found.get("loss").toDoubles()[0];
      double worst = Math.abs(log.loss() - loss) / loss;
      requireWithin("loss", worst);
      for (Map.Entry<String, float[]> ours : trainer.gradients().entrySet()) {
        double error = RelativeError.of(ours.getValue(), found.get(ours.getKey()).toFloats());
        requireWithin("gradient of " + ours.getKey(), error);
        worst = Math.max(worst, error);
      }
      return "loss and gradients within %.1e <= %.0e, relatively".formatted(worst, TOLERANCE);
    }
  }

  private void requireWithin(String what, double error) {
    if (!(error <= TOLERANCE)) {
      throw wrong("%s differs by %.3g relatively, allowed %.3g".formatted(what, error, TOLERANCE));
    }
  }

  @Override
  void phoenix() {
    trainer.update(batch);
  }

  @Override
  List<Peer> peers() {
    TorchPeer torch = peer;
    return torch == null ? List.of() : List.of(new Peer(torch.version(), torch::step));
  }

  @Override
  OptionalDouble target() {
    return OptionalDouble.of(1.5);
  }
}
