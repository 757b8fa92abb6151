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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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
final class TrainingComparison<B> implements Comparison {
  /** The bound of docs/model.md#9-training for the gradients of every tensor. */
  private static final double TOLERANCE = 1e-4;

  private static final String CONFIG =
      """
      {"emb_size": 128, "history_seq_len": 127, "candidate_seq_len": 64, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 32, "num_heads": 4,
       "num_layers": 4, "num_actions": 19, "user_vocab_size": 5000, "item_vocab_size": 10000,
       "author_vocab_size": 5000}
      """;

  private final String name;
  private final int users;
  private final GradientOps ops;
  private final Trainer<B> trainer;
  private final B batch;
  private final Path directory;
  private final @Nullable TorchPeer peer;

  private TrainingComparison(String name, int users, GradientOps ops, Made<B> made, int threads) {
    this.name = name;
    this.users = users;
    this.ops = ops;
    this.trainer = made.trainer;
    this.batch = made.batch;
    this.directory = made.directory;
    if (TorchPeer.isNamed()) {
      trainer.export(directory);
    }
    this.peer = TorchPeer.start(directory, threads);
  }

  /** A trainer, its batch, and the folder from which the peer reads both. */
  private record Made<B>(Trainer<B> trainer, B batch, Path directory) {}

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
    Path directory = directory();
    random.write(directory.resolve("batch.npz"), batch);
    GradientOps ops = CpuGradientOps.create(threads);
    RetrievalTrainer trainer = RetrievalTrainer.init(ops, TrainingConfig.of(config), 1);
    return new TrainingComparison<>(
        name, users, ops, new Made<>(trainer, batch, directory), threads);
  }

  /** The ranker: 64 candidates a user, histories of 127 posts. */
  static TrainingComparison<RankerBatch> ranker(int users, int threads) {
    ModelConfig config = ModelConfig.parse(CONFIG, "the benchmark's configuration");
    RandomTrainingBatch random = new RandomTrainingBatch(config, users, 127);
    RankerBatch batch = random.ranker();
    Path directory = directory();
    random.write(directory.resolve("batch.npz"), batch);
    GradientOps ops = CpuGradientOps.create(threads);
    RankerTrainer trainer = RankerTrainer.init(ops, TrainingConfig.of(config), 1);
    String name = "Train ranker, %d users, S 127, 64 candidates each".formatted(users);
    return new TrainingComparison<>(
        name, users, ops, new Made<>(trainer, batch, directory), threads);
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("phoenix-training-benchmark");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the peer's model", e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** Compares both sides' losses and gradients at the initial parameters. */
  @Override
  public String check() {
    Path file = directory.resolve("check.npz");
    if (peer != null) {
      peer.check(file);
    }
    StepLog log = trainer.update(batch);
    if (log.skipped()) {
      throw new CheckFailedException(name + ": a gradient was not finite");
    }
    if (peer == null) {
      return "no peer: -D" + TorchPeer.PROPERTY + " names no Python with PyTorch";
    }
    try (NpzFile found = NpzFile.open(file)) {
      double loss = found.get("loss").toDoubles()[0];
      double worst = Math.abs(log.loss() - loss) / loss;
      requireWithin("loss", worst);
      for (Map.Entry<String, float[]> ours : trainer.gradients().entrySet()) {
        double error = relativeError(found.get(ours.getKey()).toFloats(), ours.getValue());
        requireWithin("gradient of " + ours.getKey(), error);
        worst = Math.max(worst, error);
      }
      return "loss and gradients within %.1e <= %.0e, relatively".formatted(worst, TOLERANCE);
    }
  }

  private void requireWithin(String what, double error) {
    if (!(error <= TOLERANCE)) {
      throw new CheckFailedException(
          "%s: %s differs by %.3g relatively, allowed %.3g"
              .formatted(name, what, error, TOLERANCE));
    }
  }

  private static double relativeError(float[] expected, float[] found) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = (double) expected[i] - found[i];
      error += difference * difference;
      size += (double) expected[i] * expected[i];
    }
    return size == 0 ? Math.sqrt(error) : Math.sqrt(error / size);
  }

  @Override
  public void phoenix() {
    trainer.update(batch);
  }

  @Override
  public List<Peer> peers() {
    TorchPeer torch = peer;
    return torch == null ? List.of() : List.of(new Peer(torch.version(), torch::step));
  }

  @Override
  public OptionalDouble target() {
    return OptionalDouble.of(1.5);
  }

  @Override
  public double amount() {
    return users;
  }

  @Override
  public String rateUnit() {
    return "users";
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.close();
    }
    trainer.close();
    ops.close();
    try (var files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the peer's model cannot be removed", e);
    }
  }
}
